#!/bin/sh
# MomentumAgent: BUY while the fast average of closes is above the slow one, SELL below, else HOLD.
# usage: momentum_agent.sh PRICES.csv
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
. "$here/config/settings.conf"

last_average() {
    sh "$here/data/preprocessor.sh" sma "$1" <"$2" | tail -n 1 | cut -d, -f2
}

fast=$(last_average "$FAST" "$1")
slow=$(last_average "$SLOW" "$1")
awk -v fast="$fast" -v slow="$slow" 'BEGIN {
    if (fast > slow) print "BUY"; else if (fast < slow) print "SELL"; else print "HOLD"
}'
