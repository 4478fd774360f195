# Sourced by tests: `expect NAME WANTED GOT` says what differs and makes the test fail.
expect() {
    if [ "$2" != "$3" ]; then
        echo "$1: wanted [$2] but got [$3]"
        exit 1
    fi
}
