. tests/lib.sh

expect complexity "" "$(sh validation/complexity.sh)"
