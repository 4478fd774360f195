. tests/lib.sh

expect momentum BUY "$(sh agents/momentum_agent.sh data/prices.csv)"
expect reversion SELL "$(sh agents/reversion_agent.sh data/prices.csv)"
