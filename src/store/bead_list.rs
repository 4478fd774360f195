//! Lists of beads: by a filter, and of work that can be started.

use rusqlite::params_from_iter;

use crate::domain::{BeadFilter, BeadSort, BeadType, ReadyFilter, ReadySort};
use crate::rules::row::BeadRow;

use super::bead_filter::Terms;
use super::beads::read;
use super::{Store, StoreError};

/// How long work counts as new for [`ReadySort::Hybrid`], milliseconds.
const NEW: i64 = 48 * 3_600_000;

/// What the indexes of ready work stand on; word for word as in the migration.
const STARTABLE: &str = "is_blocked = 0 AND ephemeral = 0 AND pinned = 0 AND template = 0 AND status IN ('open', 'deferred')";

impl Store {
    /// Beads that match, most urgent first, then newest, unless another order is asked for. With
    /// their number in all. `now` is wall time.
    pub(crate) fn bead_list(
        &self,
        filter: &BeadFilter,
        now: i64,
    ) -> Result<(Vec<BeadRow>, u64), StoreError> {
        let mut filter = filter.clone();
        if !self.resolve_labels(&mut filter)? {
            return Ok((Vec::new(), 0));
        }
        if filter.scope.ready {
            let ready = ReadyFilter {
                filter: BeadFilter {
                    scope: crate::domain::ScopeFilter {
                        ready: false,
                        ..filter.scope.clone()
                    },
                    ..filter
                },
                ..ReadyFilter::default()
            };
            return self.ready(&ready, now);
        }
        let mut terms = Terms::of(&filter, now);
        terms.listed(&filter);
        let order = order(filter.sort, filter.reverse);
        self.page(
            &format!("FROM beads{}", terms.clause()),
            &order,
            &terms,
            &filter,
        )
    }

    /// How many beads a filter lets through.
    pub(crate) fn bead_count(&self, filter: &BeadFilter, now: i64) -> Result<u64, StoreError> {
        let mut filter = filter.clone();
        if !self.resolve_labels(&mut filter)? {
            return Ok(0);
        }
        let mut terms = Terms::of(&filter, now);
        terms.listed(&filter);
        self.count(&format!("FROM beads{}", terms.clause()), &terms)
    }

    /// Beads that can be started: open or with a date that has passed, not held back, no card,
    /// pattern, wisp or record; nor put off through their parent. With their number in all.
    pub(crate) fn ready(
        &self,
        ready: &ReadyFilter,
        now: i64,
    ) -> Result<(Vec<BeadRow>, u64), StoreError> {
        let mut filter = ready.filter.clone();
        if !self.resolve_labels(&mut filter)? {
            return Ok((Vec::new(), 0));
        }
        filter.scope.deep = filter.scope.parent.is_some();
        let mut terms = Terms::of(&filter, now);
        startable(&mut terms, &filter, ready.include_deferred, now);
        let wisps = filter.scope.include_ephemeral || filter.scope.only_ephemeral;
        let source = match (wisps, &filter.rig, ready.sort) {
            (true, _, _) => "FROM beads",
            (false, None, ReadySort::Priority) => "FROM beads INDEXED BY beads_ready",
            (false, Some(_), ReadySort::Priority) => "FROM beads INDEXED BY beads_ready_in_rig",
            (false, _, ReadySort::Hybrid | ReadySort::Oldest) => {
                "FROM beads INDEXED BY beads_ready_by_age"
            }
        };
        let from = format!("{source}{}", terms.clause());
        match ready.sort {
            ReadySort::Priority => {
                self.page(&from, "priority, created_at DESC, id", &terms, &filter)
            }
            ReadySort::Oldest => self.page(&from, "created_at, id", &terms, &filter),
            ReadySort::Hybrid => {
                let cut = now - NEW;
                let order = format!(
                    "created_at < {cut}, CASE WHEN created_at >= {cut} THEN priority END, created_at, id"
                );
                self.page(&from, &order, &terms, &filter)
            }
        }
    }

    fn page(
        &self,
        from: &str,
        order: &str,
        terms: &Terms,
        filter: &BeadFilter,
    ) -> Result<(Vec<BeadRow>, u64), StoreError> {
        let limit = if filter.limit == 0 {
            -1
        } else {
            i64::from(filter.limit)
        };
        let offset = filter.offset;
        let sql = format!("SELECT * {from} ORDER BY {order} LIMIT {limit} OFFSET {offset}");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows: Vec<BeadRow> = statement
            .query_map(params_from_iter(terms.values.iter()), read)?
            .collect::<Result<_, _>>()?;
        let got = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        // A page that is not full tells the number by itself.
        let total = if filter.limit == 0 || (got > 0 && got < u64::from(filter.limit)) {
            u64::from(offset) + got
        } else {
            self.count(from, terms)?
        };
        Ok((rows, total))
    }

    fn count(&self, from: &str, terms: &Terms) -> Result<u64, StoreError> {
        let count: i64 = self
            .conn
            .prepare_cached(&format!("SELECT count(*) {from}"))?
            .query_row(params_from_iter(terms.values.iter()), |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Turns a regular expression over labels into the labels it fits; false when it fits none.
    fn resolve_labels(&self, filter: &mut BeadFilter) -> Result<bool, StoreError> {
        let Some(pattern) = filter.tags.label_regex.take() else {
            return Ok(true);
        };
        // The engine has refused a bad expression before; one that got here fits nothing.
        let Ok(expression) = regex::Regex::new(&pattern) else {
            return Ok(false);
        };
        let mut statement = self
            .conn
            .prepare_cached("SELECT DISTINCT label FROM labels ORDER BY label")?;
        let labels: Vec<String> = statement
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let fitting: Vec<String> = labels
            .into_iter()
            .filter(|label| expression.is_match(label))
            .collect();
        if filter.tags.labels_any.is_empty() {
            filter.tags.labels_any = fitting;
        } else {
            filter
                .tags
                .labels_any
                .retain(|label| fitting.contains(label));
        }
        Ok(!filter.tags.labels_any.is_empty())
    }
}

fn startable(terms: &mut Terms, filter: &BeadFilter, include_deferred: bool, now: i64) {
    let scope = &filter.scope;
    if scope.only_ephemeral {
        terms.say(STARTABLE.replace("ephemeral = 0", "ephemeral = 1"));
    } else if scope.include_ephemeral {
        terms.say(STARTABLE.replace("ephemeral = 0 AND ", ""));
    } else {
        terms.say(STARTABLE);
    }
    if !include_deferred {
        let now = terms.place(now);
        terms.say("(status = 'open' OR defer_until IS NOT NULL)");
        terms.say(format!("(defer_until IS NULL OR defer_until <= {now})"));
        terms.say(format!(
            "NOT EXISTS (SELECT 1 FROM deps d JOIN beads p ON p.id = d.target
             WHERE d.bead = beads.id AND d.kind = 'parent-child' AND p.defer_until > {now})"
        ));
    }
    if filter.kind.is_none() {
        let words: Vec<&str> = BeadType::NO_WORK.iter().map(|kind| kind.word()).collect();
        terms.not_types(&words);
    }
}

fn order(sort: Option<BeadSort>, reverse: bool) -> String {
    let (key, down): (&str, bool) = match sort {
        None | Some(BeadSort::Priority) => {
            return if reverse {
                "priority DESC, created_at, id DESC".to_owned()
            } else {
                "priority, created_at DESC, id".to_owned()
            };
        }
        Some(BeadSort::Created) => ("created_at", true),
        Some(BeadSort::Updated) => ("updated_at", true),
        Some(BeadSort::Closed) => ("closed_at", true),
        Some(BeadSort::Status) => ("status", false),
        Some(BeadSort::Id) => return if reverse { "id DESC" } else { "id" }.to_owned(),
        Some(BeadSort::Title) => ("title COLLATE NOCASE", false),
        Some(BeadSort::Type) => ("type", false),
        Some(BeadSort::Assignee) => ("coalesce(assignee, '')", false),
    };
    let direction = if down == reverse { "ASC" } else { "DESC" };
    format!("{key} {direction}, id")
}
