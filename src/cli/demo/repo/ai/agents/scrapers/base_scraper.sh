# BaseScraper: what every scraper shares. Sourced; each scraper defines `parse`.

# fetch NAME: prints the stored feed of a scraper (there is no network here).
fetch() {
    cat "data/feeds/$1.txt"
}

# collect NAME: fetches, parses and counts the records of one scraper.
collect() {
    records=$(fetch "$1" | sh "ai/agents/scrapers/$1.sh" | wc -l)
    echo "$1 $((records))"
}
