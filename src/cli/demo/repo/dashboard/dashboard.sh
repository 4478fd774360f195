#!/bin/sh
# Text dashboard: one screen about the portfolio.
# usage: dashboard.sh POSITIONS.csv
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)

echo "== tradingbot =="
echo "value  $(sh "$here/execution/portfolio.sh" value <"$1")"
echo "switch $(sh "$here/execution/kill_switch.sh")"
