//! Dates as people type them, read in one way by every flag and by the query language.
//!
//! A date is a stretch of time, because `2026-03-01` means that whole day and `2026-03-01T10:00:00Z`
//! that second. The clock and the time zone are handed in; nothing here asks for them.
//! Entry point: [`Here::moment`].

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ZonedDateTime};
use serde::{Deserialize, Serialize};

use super::Refusal;

/// What can be typed where a date is asked for.
pub const DATE_FORMS: &str = "a length of time such as `+6h`, `-1d`, `2w` or `3m` (months), a date such as `2026-03-01`, \
     a time such as `2026-03-01T10:00:00Z`, or words such as `tomorrow`, `next monday` or `in 3 days`";

/// Longest text that can be a date, in bytes.
const LONGEST: usize = 64;

/// A stretch of time, in wall milliseconds, and how it was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Its first millisecond.
    pub from: i64,
    /// The first millisecond after it.
    pub until: i64,
    /// As typed.
    pub said: String,
}

/// Which way a length of time without a sign goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lean {
    /// Into the future: when something is due.
    Ahead,
    /// Into the past: when something happened.
    Back,
}

/// Where and when a date is typed.
#[derive(Clone, Debug)]
pub struct Here {
    /// Wall milliseconds.
    pub now: i64,
    /// The zone that dates without one are in.
    pub zone: TimeZone,
}

type Range = (i64, i64);

impl Here {
    /// Reads a date; the refusal names the field, the value and what would be accepted.
    pub fn moment(&self, field: &str, text: &str, lean: Lean) -> Result<Moment, Refusal> {
        let said = text.trim();
        let lower = said.to_ascii_lowercase();
        let found = if said.len() > LONGEST {
            None
        } else {
            self.compact(&lower, lean)
                .or_else(|| self.day(said))
                .or_else(|| exact(said))
                .or_else(|| self.local(said))
                .or_else(|| self.phrase(&lower))
        };
        let (from, until) = found.ok_or_else(|| Refusal::invalid(field, text, DATE_FORMS))?;
        Ok(Moment {
            from,
            until,
            said: said.to_owned(),
        })
    }

    fn zoned(&self) -> Option<ZonedDateTime> {
        Some(
            Timestamp::from_millisecond(self.now)
                .ok()?
                .to_zoned_datetime(self.zone.clone()),
        )
    }

    /// `+6h`, `-1d`, `2w`: one number and one unit.
    fn compact(&self, text: &str, lean: Lean) -> Option<Range> {
        let (sign, rest) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
            (Some(rest), _) => (1, rest),
            (None, Some(rest)) => (-1, rest),
            (None, None) if lean == Lean::Back => (-1, text),
            (None, None) => (1, text),
        };
        let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let count: i64 = rest.strip_suffix(unit)?.parse().ok()?;
        let unit = match unit {
            "min" => Unit::Minute,
            "h" => Unit::Hour,
            "d" => Unit::Day,
            "w" => Unit::Week,
            "m" => Unit::Month,
            "y" => Unit::Year,
            _ => return None,
        };
        self.step(sign * count, unit)
    }

    /// The instant so far from now; days, months and years by the calendar.
    fn step(&self, count: i64, unit: Unit) -> Option<Range> {
        let span = Span::new();
        let span = match unit {
            Unit::Minute => span.try_minutes(count),
            Unit::Hour => span.try_hours(count),
            Unit::Day => span.try_days(count),
            Unit::Week => span.try_weeks(count),
            Unit::Month => span.try_months(count),
            Unit::Year => span.try_years(count),
        };
        let at = self.zoned()?.checked_add(span.ok()?).ok()?;
        let at = at.timestamp().as_millisecond();
        Some((at, at + 1))
    }

    /// `2026-03-01`: from midnight to midnight of the zone.
    fn day(&self, text: &str) -> Option<Range> {
        let digits_and_dashes = text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
        if text.len() != 10 || !digits_and_dashes {
            return None;
        }
        self.whole(text.parse().ok()?)
    }

    fn whole(&self, date: Date) -> Option<Range> {
        Some((self.midnight(date)?, self.midnight(date.tomorrow().ok()?)?))
    }

    fn midnight(&self, date: Date) -> Option<i64> {
        let start = date.to_zoned_datetime(self.zone.clone()).ok()?;
        Some(start.timestamp().as_millisecond())
    }

    /// `2026-03-01T10:00:00` or with a space: in the zone.
    fn local(&self, text: &str) -> Option<Range> {
        if !text.contains(':') {
            return None;
        }
        let at: DateTime = text.parse().ok()?;
        let at = at.to_zoned_datetime(self.zone.clone()).ok()?;
        Some(from_instant(at.timestamp(), text))
    }

    fn phrase(&self, text: &str) -> Option<Range> {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.as_slice() {
            ["now"] => Some((self.now, self.now + 1)),
            ["next", unit] if Unit::of(unit).is_some() => self.step(1, Unit::of(unit)?),
            ["last", unit] if Unit::of(unit).is_some() => self.step(-1, Unit::of(unit)?),
            ["in", count, unit] | [count, unit, "from", "now"] => {
                self.step(number(count)?, Unit::of(unit)?)
            }
            [count, unit, "ago"] => self.step(-number(count)?, Unit::of(unit)?),
            [which @ ("next" | "this" | "last"), name, rest @ ..] => {
                let date = self.weekday(which, weekday(name)?)?;
                self.at_time(date, rest)
            }
            [name, rest @ ..] => {
                let today = self.zoned()?.date();
                let date = match *name {
                    "today" => today,
                    "tomorrow" => today.tomorrow().ok()?,
                    "yesterday" => today.yesterday().ok()?,
                    name => self.weekday("next", weekday(name)?)?,
                };
                self.at_time(date, rest)
            }
            [] => None,
        }
    }

    /// `next` is after today, `this` may be today, `last` is before today.
    fn weekday(&self, which: &str, day: Weekday) -> Option<Date> {
        let today = self.zoned()?.date();
        match which {
            "this" if today.weekday() == day => Some(today),
            "last" => today.nth_weekday(-1, day).ok(),
            _ => today.nth_weekday(1, day).ok(),
        }
    }

    fn at_time(&self, date: Date, words: &[&str]) -> Option<Range> {
        let time = match words {
            [] => return self.whole(date),
            ["at", time] | [time] => time_of_day(time)?,
            _ => return None,
        };
        let at = date
            .to_datetime(time)
            .to_zoned_datetime(self.zone.clone())
            .ok()?;
        let at = at.timestamp().as_millisecond();
        Some((at, at + 60_000))
    }
}

/// `2026-03-01T10:00:00Z` or with an offset.
fn exact(text: &str) -> Option<Range> {
    let at: Timestamp = text.parse().ok()?;
    Some(from_instant(at, text))
}

/// A second, or a millisecond when fractions were typed.
fn from_instant(at: Timestamp, text: &str) -> Range {
    let at = at.as_millisecond();
    let length = if text.contains('.') { 1 } else { 1_000 };
    (at, at + length)
}

#[derive(Clone, Copy)]
enum Unit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

impl Unit {
    fn of(word: &str) -> Option<Self> {
        Some(match word.strip_suffix('s').unwrap_or(word) {
            "minute" | "min" => Self::Minute,
            "hour" => Self::Hour,
            "day" => Self::Day,
            "week" => Self::Week,
            "month" => Self::Month,
            "year" => Self::Year,
            _ => return None,
        })
    }
}

fn number(word: &str) -> Option<i64> {
    const WORDS: [&str; 10] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ];
    if matches!(word, "a" | "an") {
        return Some(1);
    }
    if let Some(place) = WORDS.iter().position(|known| *known == word) {
        return i64::try_from(place + 1).ok();
    }
    let digits = word.bytes().all(|byte| byte.is_ascii_digit());
    if digits { word.parse().ok() } else { None }
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" => Weekday::Tuesday,
        "wednesday" | "wed" => Weekday::Wednesday,
        "thursday" | "thu" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    })
}

/// `17:30`, `5pm`, `5:30am`, `noon`, `midnight`.
fn time_of_day(word: &str) -> Option<Time> {
    match word {
        "noon" => return Time::new(12, 0, 0, 0).ok(),
        "midnight" => return Some(Time::midnight()),
        _ => {}
    }
    let (clock, half) = if let Some(clock) = word.strip_suffix("am") {
        (clock, Some(0))
    } else if let Some(clock) = word.strip_suffix("pm") {
        (clock, Some(12))
    } else {
        (word, None)
    };
    let (hour, minute) = match clock.split_once(':') {
        Some((hour, minute)) if minute.len() == 2 => (hour, minute),
        None if half.is_some() => (clock, "00"),
        _ => return None,
    };
    let digits = hour
        .bytes()
        .chain(minute.bytes())
        .all(|b| b.is_ascii_digit());
    if !digits {
        return None;
    }
    let (mut hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
    if let Some(half) = half {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + half;
    }
    Time::new(hour, minute, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wednesday 2026-03-25, 10:15 in Berlin, four days before the clocks go forward.
    fn here() -> Here {
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let now: Timestamp = "2026-03-25T09:15:00Z".parse().unwrap();
        Here {
            now: now.as_millisecond(),
            zone,
        }
    }

    fn shown(text: &str, lean: Lean) -> String {
        let here = here();
        let found = here.moment("due", text, lean).unwrap();
        let show = |at| {
            Timestamp::from_millisecond(at)
                .unwrap()
                .to_zoned_datetime(here.zone.clone())
                .strftime("%Y-%m-%d %H:%M:%S")
                .to_string()
        };
        format!("{} +{}", show(found.from), found.until - found.from)
    }

    #[test]
    fn dates_read_as_people_write_them() {
        for (text, expected) in [
            ("+6h", "2026-03-25 16:15:00 +1"),
            ("-1d", "2026-03-24 10:15:00 +1"),
            ("2w", "2026-04-08 10:15:00 +1"),
            ("1m", "2026-04-25 10:15:00 +1"),
            ("+11m", "2027-02-25 10:15:00 +1"),
            ("1y", "2027-03-25 10:15:00 +1"),
            ("30min", "2026-03-25 10:45:00 +1"),
            ("2026-03-28", "2026-03-28 00:00:00 +86400000"),
            // The day on which the clocks go forward has 23 hours.
            ("2026-03-29", "2026-03-29 00:00:00 +82800000"),
            ("2026-03-01T10:00:00Z", "2026-03-01 11:00:00 +1000"),
            ("2026-03-01T10:00:00.5+02:00", "2026-03-01 09:00:00 +1"),
            ("2026-03-01T10:00:00", "2026-03-01 10:00:00 +1000"),
            ("2026-03-01 10:00:00", "2026-03-01 10:00:00 +1000"),
            ("now", "2026-03-25 10:15:00 +1"),
            ("Today", "2026-03-25 00:00:00 +86400000"),
            ("tomorrow", "2026-03-26 00:00:00 +86400000"),
            ("yesterday", "2026-03-24 00:00:00 +86400000"),
            ("tomorrow at 5pm", "2026-03-26 17:00:00 +60000"),
            ("tomorrow 9:30", "2026-03-26 09:30:00 +60000"),
            ("next monday", "2026-03-30 00:00:00 +86400000"),
            ("next wednesday", "2026-04-01 00:00:00 +86400000"),
            ("this wed", "2026-03-25 00:00:00 +86400000"),
            ("last wednesday", "2026-03-18 00:00:00 +86400000"),
            ("friday at noon", "2026-03-27 12:00:00 +60000"),
            ("in 3 days", "2026-03-28 10:15:00 +1"),
            ("in an hour", "2026-03-25 11:15:00 +1"),
            ("two weeks ago", "2026-03-11 10:15:00 +1"),
            ("next month", "2026-04-25 10:15:00 +1"),
        ] {
            assert_eq!(shown(text, Lean::Ahead), expected, "{text}");
        }
        assert_eq!(shown("7d", Lean::Back), "2026-03-18 10:15:00 +1");
        assert_eq!(shown("+7d", Lean::Back), "2026-04-01 10:15:00 +1");
    }

    #[test]
    fn what_is_no_date_is_refused_with_the_forms() {
        for bad in [
            "",
            " ",
            "5",
            "h",
            "d7",
            "+-3d",
            "7x",
            "2026-13-01",
            "2026-02-30",
            "20260301",
            "soon",
            "next",
            "next blue moon",
            "in days",
            "in -3 days",
            "tomorrow at 25:00",
            "13pm",
            "tomorrow at 13pm",
            "99999999999999999d",
            "9223372036854775807y",
            "９d",
            "2026-03-01; DROP TABLE beads",
            &"9".repeat(500),
        ] {
            let refusal = here().moment("due", bad, Lean::Ahead).unwrap_err();
            assert!(refusal.message.starts_with("due `"), "{refusal}");
            assert!(refusal.message.contains("next monday"), "{refusal}");
        }
    }

    #[test]
    fn a_month_ends_where_the_calendar_says() {
        let at: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
        let here = Here {
            now: at.as_millisecond(),
            zone: TimeZone::UTC,
        };
        let found = here.moment("due", "1m", Lean::Ahead).unwrap();
        let feb: Timestamp = "2026-02-28T12:00:00Z".parse().unwrap();
        assert_eq!(found.from, feb.as_millisecond());
    }
}
