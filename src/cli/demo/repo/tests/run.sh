#!/bin/sh
# Runs every tests/test_*.sh and prints one line for each; exit 1 when one fails.
cd "$(dirname "$0")/.." || exit 2
passed=0
failed=0
for file in tests/test_*.sh; do
    if output=$(sh "$file" 2>&1); then
        echo "ok    ${file#tests/}"
        passed=$((passed + 1))
    else
        echo "FAIL  ${file#tests/}"
        echo "      $output"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
