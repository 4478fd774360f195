. tests/lib.sh
series() { printf 'a,1\nb,2\nc,3\nd,4\n'; }

expect sma "b,1.5000 c,2.5000 d,3.5000" "$(series | sh data/preprocessor.sh sma 2 | tr '\n' ' ' | sed 's/ $//')"
expect ema "d,3.1250" "$(series | sh data/preprocessor.sh ema 3 | tail -n 1)"
expect returns "b,1.0000" "$(series | sh data/preprocessor.sh returns | head -n 1)"
