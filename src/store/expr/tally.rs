//! A selection in numbers: how many beads, in which groups, how long they took, what their texts
//! lack. Rows are counted where they lie; no bead is carried out of the ledger for a number.

use rusqlite::{OptionalExtension, params_from_iter};

use crate::domain::expr::Expr;
use crate::domain::{BeadType, Lacking, Refusal, TallyBy};
use crate::rules::sections;
use crate::store::columns::text;
use crate::store::{Store, StoreError};

/// How many lacking beads one answer holds.
const LACKING: usize = 500;

impl Store {
    /// How many beads an expression holds for.
    pub(crate) fn count_all(&self, expr: Option<&Expr>, now: i64) -> Result<u64, Refusal> {
        let (clause, terms) = self.clause(expr, now)?;
        Ok(self.count("beads", &clause, &terms)?)
    }

    /// The same in groups, in the order of their names.
    pub(crate) fn tally(
        &self,
        expr: Option<&Expr>,
        by: TallyBy,
        now: i64,
    ) -> Result<Vec<(String, u64)>, Refusal> {
        let (clause, terms) = self.clause(expr, now)?;
        let (group, source) = match by {
            TallyBy::Status => ("status", "beads"),
            TallyBy::Type => ("type", "beads"),
            TallyBy::Priority => ("'P' || priority", "beads"),
            TallyBy::Assignee => ("coalesce(nullif(assignee, ''), '(unassigned)')", "beads"),
            TallyBy::Label => (
                "coalesce(l.label, '(no labels)')",
                "beads LEFT JOIN labels l ON l.bead = beads.id",
            ),
        };
        let sql = format!("SELECT {group}, count(*) FROM {source}{clause} GROUP BY 1 ORDER BY 1");
        let mut statement = self.conn.prepare_cached(&sql).map_err(StoreError::from)?;
        let rows = statement
            .query_map(params_from_iter(terms.values()), |row| {
                let count: i64 = row.get(1)?;
                Ok((row.get(0)?, u64::try_from(count).unwrap_or(0)))
            })
            .map_err(StoreError::from)?;
        Ok(rows.collect::<Result<_, _>>().map_err(StoreError::from)?)
    }

    /// From making to closing, on average, in milliseconds, of the beads that an expression holds for.
    pub(crate) fn lead_time(&self, expr: Option<&Expr>, now: i64) -> Result<i64, Refusal> {
        let (clause, terms) = self.clause(expr, now)?;
        let sql = format!(
            "SELECT CAST(avg(closed_at - created_at) AS INTEGER) FROM (SELECT closed_at, created_at FROM beads{clause})
             WHERE closed_at >= created_at"
        );
        let average: Option<Option<i64>> = self
            .conn
            .prepare_cached(&sql)
            .map_err(StoreError::from)?
            .query_row(params_from_iter(terms.values()), |row| row.get(0))
            .optional()
            .map_err(StoreError::from)?;
        Ok(average.flatten().unwrap_or(0))
    }

    /// Beads whose texts lack sections of their type, most urgent first, and how many there are.
    pub(crate) fn lacking(
        &self,
        expr: Option<&Expr>,
        now: i64,
    ) -> Result<(Vec<Lacking>, u64), Refusal> {
        let (clause, terms) = self.clause(expr, now)?;
        let sectioned: Vec<&str> = sections::SECTIONED.iter().map(|kind| kind.word()).collect();
        let sql = format!(
            "SELECT id, title, type, description, acceptance FROM (SELECT * FROM beads{clause})
             WHERE type IN ('{}') ORDER BY priority, created_at DESC, id",
            sectioned.join("', '")
        );
        let mut statement = self.conn.prepare_cached(&sql).map_err(StoreError::from)?;
        let mut rows = statement
            .query(params_from_iter(terms.values()))
            .map_err(StoreError::from)?;
        let (mut found, mut total) = (Vec::new(), 0);
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            let Some(one) = lack(row).map_err(StoreError::from)? else {
                continue;
            };
            total += 1;
            if found.len() < LACKING {
                found.push(one);
            }
        }
        Ok((found, total))
    }
}

fn lack(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<Lacking>> {
    let kind: String = row.get("type")?;
    let kind = BeadType::stored(&kind);
    let description: String = row.get("description")?;
    let acceptance: String = row.get("acceptance")?;
    let missing = sections::missing(kind, &description, &acceptance);
    if missing.is_empty() {
        return Ok(None);
    }
    Ok(Some(Lacking {
        id: text(row, "id")?,
        title: row.get("title")?,
        kind,
        missing: missing.into_iter().map(str::to_owned).collect(),
    }))
}
