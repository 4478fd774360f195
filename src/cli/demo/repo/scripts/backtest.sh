#!/bin/sh
# Runs an agent over growing windows of the prices and prints its signal per day.
# usage: backtest.sh AGENT PRICES.csv
set -eu
window=$(mktemp)
trap 'rm -f "$window"' EXIT
days=$(wc -l <"$2")
day=8
while [ "$day" -le "$days" ]; do
    head -n "$day" "$2" >"$window"
    echo "$(tail -n 1 "$window" | cut -d, -f1) $(sh "agents/$1.sh" "$window")"
    day=$((day + 1))
done
