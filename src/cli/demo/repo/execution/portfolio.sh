#!/bin/sh
# Portfolio: lines of symbol,quantity,price on standard input.
# usage: portfolio.sh value | weights
set -eu

case "$1" in
value)
    awk -F, '{ sum += $2 * $3 } END { printf "%.2f\n", sum }'
    ;;
weights)
    awk -F, '{ name[NR] = $1; worth[NR] = $2 * $3; sum += worth[NR] }
        END { for (i = 1; i <= NR; i++) printf "%s,%.4f\n", name[i], worth[i] / sum }'
    ;;
*)
    echo "portfolio: unknown request $1" >&2
    exit 2
    ;;
esac
