#!/bin/sh
# ComplexityEnforcer: names every script that is longer than MAX_LINES; exit 1 when there is one.
set -eu
cd "$(dirname "$0")/.."
. config/settings.conf

find . -name '*.sh' -exec awk -v limit="$MAX_LINES" '
    FNR > limit && !(FILENAME in seen) { seen[FILENAME] = 1; print FILENAME; bad = 1 }
    END { exit bad }' {} +
