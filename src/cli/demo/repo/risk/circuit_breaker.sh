#!/bin/sh
# CircuitBreaker: HALT once the equity fell MAX_DRAWDOWN percent under its peak, else OK.
# usage: circuit_breaker.sh < date,equity lines
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
. "$here/config/settings.conf"

awk -F, -v limit="$MAX_DRAWDOWN" '
    $2 > peak { peak = $2 }
    peak > 0 && (peak - $2) / peak * 100 >= limit { halt = 1 }
    END { print halt ? "HALT" : "OK" }'
