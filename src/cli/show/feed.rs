//! Events: one line each, with an actor on every line.

use serde_json::Value;

use super::{Look, Tone};
use crate::domain::{Event, EventBody};
use crate::support::text::pad;
use crate::verbs::story;

/// Width of the actor's column.
const ACTOR: usize = 22;

/// One event as a line: time, sign, actor, sentence.
pub(crate) fn event_line(event: &Event, zone: &jiff::tz::TimeZone, look: &Look) -> String {
    let sign = story::symbol(&event.body).to_string();
    format!(
        "{} {} {} {}",
        look.paint(Tone::Quiet, &clock(event.at, zone)),
        look.paint(tone(&event.body), &sign),
        look.paint(Tone::Name, &pad(&story::actor(event), ACTOR)),
        story::describe(event)
    )
}

fn clock(at: i64, zone: &jiff::tz::TimeZone) -> String {
    jiff::Timestamp::from_millisecond(at).map_or_else(
        |_| "?".to_owned(),
        |at| {
            at.to_zoned_datetime(zone.clone())
                .strftime("%m-%d %H:%M:%S")
                .to_string()
        },
    )
}

fn tone(body: &EventBody) -> Tone {
    match story::symbol(body) {
        '✓' => Tone::Good,
        '✗' => Tone::Bad,
        '!' | '↩' | '×' => Tone::Warn,
        _ => Tone::Plain,
    }
}

/// One event as an object, with its sentence.
pub(crate) fn event_json(event: &Event) -> Value {
    let mut value = serde_json::to_value(event).unwrap_or_default();
    if let Value::Object(map) = &mut value {
        map.insert("text".to_owned(), Value::String(story::describe(event)));
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Address;

    #[test]
    fn every_line_has_time_sign_actor_and_sentence() {
        let event = Event {
            seq: 3,
            at: 1_764_000_000_000,
            actor: Address::parse("tradingbot/refinery").unwrap(),
            cause: "timer".to_owned(),
            rig: None,
            bead: None,
            body: EventBody::Other,
        };
        let line = event_line(&event, &jiff::tz::TimeZone::UTC, &Look::plain(0));
        assert_eq!(
            line,
            "11-24 16:00:00 · tradingbot/refinery    did something that only a newer program can tell"
        );
        let value = event_json(&event);
        assert_eq!(value["actor"], "tradingbot/refinery");
        assert_eq!(value["body"]["type"], "other");
    }
}
