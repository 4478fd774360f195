#!/bin/sh
# ReversionAgent: BUY when the last close is 3 % under its average, SELL when 3 % over, else HOLD.
# usage: reversion_agent.sh PRICES.csv
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
. "$here/config/settings.conf"

average=$(sh "$here/data/preprocessor.sh" sma "$SLOW" <"$1" | tail -n 1 | cut -d, -f2)
close=$(tail -n 1 "$1" | cut -d, -f2)
awk -v close_price="$close" -v average="$average" 'BEGIN {
    if (close_price < average * 0.97) print "BUY"
    else if (close_price > average * 1.03) print "SELL"
    else print "HOLD"
}'
