. tests/lib.sh

expect calm OK "$(printf 'a,100\nb,95\nc,99\n' | sh risk/circuit_breaker.sh)"
expect crash HALT "$(printf 'a,100\nb,120\nc,108\n' | sh risk/circuit_breaker.sh)"
