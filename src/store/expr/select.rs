//! A selection answered: the expression checked and written as SQL, ordered and cut there too.

use rusqlite::params_from_iter;

use crate::domain::expr::{Expr, Field, Value};
use crate::domain::{BeadSort, BeadStatus, BeadType, COUNTED_BEYOND, Category, Refusal, Selection};
use crate::rules::row::BeadRow;
use crate::rules::words;
use crate::store::beads::read;
use crate::store::{Store, StoreError};

use super::terms::Terms;

/// Beads, from where, in which order, and how many.
pub(in crate::store) struct Pick {
    pub expr: Option<Expr>,
    /// The table, with the index that shall be used where that matters.
    pub source: &'static str,
    pub order: String,
    /// 0 for all.
    pub limit: u32,
    pub offset: u32,
}

impl Store {
    /// The beads of a selection, most urgent first, then newest, unless another order is asked for.
    /// With their number in all. `now` is wall time.
    pub(crate) fn select(
        &self,
        selection: &Selection,
        now: i64,
    ) -> Result<(Vec<BeadRow>, u64), Refusal> {
        let pick = Pick {
            expr: selection.expr.clone(),
            source: "beads",
            order: order(selection.sort, selection.reverse),
            limit: selection.limit,
            offset: selection.offset,
        };
        self.pick(&pick, now)
    }

    /// How many beads a selection has, whatever its page.
    pub(in crate::store) fn count_selected(
        &self,
        selection: &Selection,
        now: i64,
    ) -> Result<u64, Refusal> {
        let (clause, terms) = self.clause(selection.expr.as_ref(), now)?;
        Ok(self.count("beads", &clause, &terms)?)
    }

    pub(in crate::store) fn pick(
        &self,
        pick: &Pick,
        now: i64,
    ) -> Result<(Vec<BeadRow>, u64), Refusal> {
        let (clause, terms) = self.clause(pick.expr.as_ref(), now)?;
        Ok(self.page(pick, &clause, &terms)?)
    }

    /// An expression as a `WHERE` clause with its values, once it is found to make sense.
    pub(super) fn clause(
        &self,
        expr: Option<&Expr>,
        now: i64,
    ) -> Result<(String, Terms<'_>), Refusal> {
        let setting = self.kv(words::STATUS_KEY)?.unwrap_or_default();
        let mut terms = Terms::new(self, now, resting(&setting)?);
        let Some(expr) = expr else {
            return Ok((String::new(), terms));
        };
        expr.check()?;
        self.check_words(expr, &setting)?;
        let clause = format!(" WHERE {}", terms.expr(expr)?);
        Ok((clause, terms))
    }

    fn page(
        &self,
        pick: &Pick,
        clause: &str,
        terms: &Terms<'_>,
    ) -> Result<(Vec<BeadRow>, u64), StoreError> {
        let mut statement = self.conn.prepare_cached(&pick.sql(clause))?;
        let rows: Vec<BeadRow> = statement
            .query_map(params_from_iter(terms.values()), read)?
            .collect::<Result<_, _>>()?;
        let got = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        // A page that is not full tells the number by itself.
        let all = pick.limit == 0 && (got > 0 || pick.offset == 0);
        if all || got > 0 && got < u64::from(pick.limit) {
            return Ok((rows, u64::from(pick.offset) + got));
        }
        let most = u64::from(pick.offset) + u64::from(pick.limit) + COUNTED_BEYOND;
        let source = pick.source;
        let counted = format!("(SELECT 1 FROM {source}{clause} LIMIT {most})");
        Ok((rows, self.count(&counted, "", terms)?))
    }

    pub(super) fn count(
        &self,
        source: &str,
        clause: &str,
        terms: &Terms<'_>,
    ) -> Result<u64, StoreError> {
        let count: i64 = self
            .conn
            .prepare_cached(&format!("SELECT count(*) FROM {source}{clause}"))?
            .query_row(params_from_iter(terms.values()), |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// How the database would answer, for tests.
    #[cfg(test)]
    pub(in crate::store) fn plan_of(&self, pick: &Pick, now: i64) -> Result<Vec<String>, Refusal> {
        let (clause, terms) = self.clause(pick.expr.as_ref(), now)?;
        let sql = format!("EXPLAIN QUERY PLAN {}", pick.sql(&clause));
        let mut statement = self.conn.prepare(&sql).map_err(StoreError::from)?;
        let rows = statement
            .query_map(params_from_iter(terms.values()), |row| row.get(3))
            .map_err(StoreError::from)?;
        Ok(rows.collect::<Result<_, _>>().map_err(StoreError::from)?)
    }

    /// Every label there is.
    pub(super) fn all_labels(&self) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT DISTINCT label FROM labels ORDER BY label";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many beads have labels, counted up to a number.
    pub(super) fn beads_labelled(&self, labels: &[String], most: u32) -> Result<u32, StoreError> {
        let sql = "SELECT count(*) FROM (SELECT 1 FROM labels WHERE label IN (SELECT value FROM json_each(?1)) LIMIT ?2)";
        let labels = serde_json::to_string(labels)?;
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_row((labels, most), |row| row.get(0))?)
    }

    /// Refuses statuses and types that are neither ours, nor of the settings, nor of any bead: a word
    /// with a slip in it is told, and not answered with nothing.
    fn check_words(&self, expr: &Expr, statuses: &str) -> Result<(), Refusal> {
        let test = match expr {
            Expr::And(parts) | Expr::Or(parts) => {
                return parts
                    .iter()
                    .try_for_each(|part| self.check_words(part, statuses));
            }
            Expr::Not(part) => return self.check_words(part, statuses),
            Expr::Test(test) => test,
        };
        let typed: &[String] = match &test.value {
            Value::Text(word) => std::slice::from_ref(word),
            Value::OneOf(words) => words,
            _ => &[],
        };
        for word in typed {
            if test.field == Field::Status && BeadStatus::stored(word) == BeadStatus::Foreign {
                let used =
                    "SELECT EXISTS (SELECT 1 FROM bead_counts WHERE status = ?1 AND count > 0)";
                if !self.is_used(used, word)? {
                    words::check_status(word, statuses)?;
                }
            } else if test.field == Field::Type && BeadType::stored(word) == BeadType::Foreign {
                let used = "SELECT EXISTS (SELECT 1 FROM beads WHERE type = ?1)";
                if !self.is_used(used, word)? {
                    words::check_type(word, &self.kv(words::TYPES_KEY)?.unwrap_or_default())?;
                }
            }
        }
        Ok(())
    }

    fn is_used(&self, sql: &str, word: &str) -> Result<bool, StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_row([word], |row| row.get(0))?)
    }
}

impl Pick {
    fn sql(&self, clause: &str) -> String {
        let Self {
            source,
            order,
            offset,
            ..
        } = self;
        let limit = match self.limit {
            0 => -1,
            limit => i64::from(limit),
        };
        format!("SELECT * FROM {source}{clause} ORDER BY {order} LIMIT {limit} OFFSET {offset}")
    }
}

/// The statuses of a setting that are put away like closed ones.
fn resting(setting: &str) -> Result<Vec<String>, Refusal> {
    let all = words::statuses(setting)?;
    let put_away = all
        .into_iter()
        .filter(|(_, category)| matches!(category, Category::Done | Category::Frozen));
    Ok(put_away.map(|(word, _)| word).collect())
}

/// The order as SQL. What has no value comes last both ways.
fn order(sort: Option<BeadSort>, reverse: bool) -> String {
    let (up, down) = if reverse {
        ("DESC", "ASC")
    } else {
        ("ASC", "DESC")
    };
    let rest = format!("priority {up}, created_at {down}, id {up}");
    match sort {
        None | Some(BeadSort::Priority) => rest,
        Some(BeadSort::Created) => format!("created_at {down}, {rest}"),
        Some(BeadSort::Updated) => format!("updated_at {down}, {rest}"),
        Some(BeadSort::Closed) => format!("closed_at IS NULL, closed_at {down}, {rest}"),
        Some(BeadSort::Status) => format!("status {up}, {rest}"),
        Some(BeadSort::Id) => format!("id {up}"),
        Some(BeadSort::Title) => format!("title COLLATE NOCASE {up}, {rest}"),
        Some(BeadSort::Type) => format!("type {up}, {rest}"),
        Some(BeadSort::Assignee) => {
            format!("coalesce(assignee, '') = '', assignee {up}, {rest}")
        }
    }
}
