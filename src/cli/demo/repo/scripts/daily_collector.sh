#!/bin/sh
# Runs every scraper once and prints its name and how many records it brought.
set -eu
cd "$(dirname "$0")/.."
. ai/agents/scrapers/base_scraper.sh

collect bulk_deals
