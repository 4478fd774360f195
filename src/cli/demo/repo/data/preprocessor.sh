#!/bin/sh
# DataPreprocessor: indicators over date,close lines on standard input.
# usage: preprocessor.sh sma N | ema N | returns
set -eu

case "$1" in
sma)
    awk -F, -v n="$2" '{
        sum += $2; window[NR] = $2
        if (NR > n) sum -= window[NR - n]
        if (NR >= n) printf "%s,%.4f\n", $1, sum / n
    }'
    ;;
ema)
    awk -F, -v n="$2" '{
        k = 2 / (n + 1)
        value = NR == 1 ? $2 : $2 * k + value * (1 - k)
        printf "%s,%.4f\n", $1, value
    }'
    ;;
returns)
    awk -F, 'NR > 1 { printf "%s,%.4f\n", $1, ($2 - last) / last } { last = $2 }'
    ;;
*)
    echo "preprocessor: unknown indicator $1" >&2
    exit 2
    ;;
esac
