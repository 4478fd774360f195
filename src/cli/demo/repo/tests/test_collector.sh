. tests/lib.sh

expect collector "bulk_deals 3" "$(sh scripts/daily_collector.sh | head -n 1)"
