//! Events: append-only, numbered without gaps; the feed is a query over them.

use rusqlite::types::Value;
use rusqlite::{Row, params, params_from_iter};

use crate::domain::{Event, EventFilter, RigName, Seq};

use super::columns::{json, text, text_or_null};
use super::{Store, StoreError};

impl Store {
    /// The newest event's number; 0 when there is none.
    pub(crate) fn newest_seq(&self) -> Result<Seq, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT coalesce(max(seq), 0) FROM events")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// Appends an event; its `seq` is set here.
    pub(crate) fn append(&self, event: Event) -> Result<Event, StoreError> {
        let sql = "INSERT INTO events (seq, at, actor, cause, rig, bead, type, body)
                   VALUES ((SELECT coalesce(max(seq), 0) + 1 FROM events), ?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING seq";
        let body = serde_json::to_value(&event.body)?;
        let kind = body
            .get("type")
            .and_then(serde_json::Value::as_str)
            .unwrap_or("other")
            .to_owned();
        let seq = self.conn.prepare_cached(sql)?.query_row(
            params![
                event.at,
                String::from(event.actor.clone()),
                event.cause,
                event.rig.as_ref().map(RigName::as_str),
                event.bead.as_ref().map(crate::domain::BeadId::as_str),
                kind,
                body.to_string(),
            ],
            |row| row.get(0),
        )?;
        Ok(Event { seq, ..event })
    }

    /// Events that match, oldest first; with a limit, the last of them.
    pub(crate) fn events(&self, filter: &EventFilter) -> Result<Vec<Event>, StoreError> {
        let mut terms = vec!["seq > ?1".to_owned()];
        let mut values = vec![Value::from(filter.after)];
        let mut term = |column: &str, value: Value| {
            values.push(value);
            terms.push(format!("{column} ?{}", values.len()));
        };
        if let Some(until) = filter.until {
            term("seq <=", Value::from(until));
        }
        if let Some(since) = filter.since {
            term("at >=", Value::from(since));
        }
        if let Some(rig) = &filter.rig {
            term("rig =", Value::from(rig.to_string()));
        }
        if let Some(bead) = &filter.bead {
            term("bead =", Value::from(bead.to_string()));
        }
        let limit = if filter.limit == 0 {
            -1
        } else {
            i64::from(filter.limit)
        };
        let sql = format!(
            "SELECT * FROM events WHERE {} ORDER BY seq DESC LIMIT {limit}",
            terms.join(" AND ")
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(values.iter()), read)?;
        let mut events: Vec<Event> = rows.collect::<Result<_, _>>()?;
        events.reverse();
        Ok(events)
    }
}

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Event> {
    Ok(Event {
        seq: row.get("seq")?,
        at: row.get("at")?,
        actor: text(row, "actor")?,
        cause: row.get("cause")?,
        rig: text_or_null(row, "rig")?,
        bead: text_or_null(row, "bead")?,
        body: json(row, "body")?,
    })
}

#[cfg(test)]
mod tests {
    use crate::domain::{Address, EventBody};

    use super::*;

    #[test]
    fn a_window_of_events_is_read_without_those_after_it() {
        let store = Store::in_memory().unwrap();
        for number in 1..=9 {
            let event = Event {
                seq: 0,
                at: number,
                actor: Address::Engine,
                cause: "test".to_owned(),
                rig: None,
                bead: None,
                body: EventBody::BeadCreated {
                    title: number.to_string(),
                },
            };
            store.append(event).unwrap();
        }
        let filter = EventFilter {
            after: 3,
            until: Some(5),
            ..EventFilter::default()
        };
        let seqs: Vec<Seq> = store
            .events(&filter)
            .unwrap()
            .iter()
            .map(|event| event.seq)
            .collect();
        assert_eq!(seqs, [4, 5]);
    }
}
