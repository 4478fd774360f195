. tests/lib.sh

expect value 577000.00 "$(sh execution/portfolio.sh value <execution/positions.csv)"
expect weights RELIANCE,0.4246 "$(sh execution/portfolio.sh weights <execution/positions.csv | head -n 1)"
expect switch ARMED "$(sh execution/kill_switch.sh)"
