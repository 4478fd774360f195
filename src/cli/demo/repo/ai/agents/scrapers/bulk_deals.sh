#!/bin/sh
# BulkDealsScraper: parse() reads the bulk deals feed and prints date,symbol,side,quantity,price.
# Feed: CSV with a header line, as the exchange has always sent it.
set -eu

parse() {
    awk -F, 'NR > 1 && NF >= 6 { print $1 "," $2 "," $4 "," $5 "," $6 }'
}

parse
