//! What holds for every file: nothing is lost, an edit is one line, a second reading says the same.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::*;
use super::generate::{hostile, issues, others};

/// Lines of every kind, each id once; the last one may lack its line end.
fn files() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![4 => issues(), 1 => others()];
    let ends = prop::sample::select(vec!["\n", "\n", "\n", "\r\n"]);
    (prop::collection::vec((line, ends), 0..8), any::<bool>()).prop_map(|(lines, ended)| {
        let mut ids = BTreeSet::new();
        let mut file = String::new();
        for (line, end) in lines {
            let reading = read(line.as_bytes());
            let id = reading
                .lines
                .first()
                .and_then(|line| line.record())
                .map(|r| r.id.clone());
            if id.is_none_or(|id| ids.insert(id)) {
                file.push_str(&line);
                file.push_str(end);
            }
        }
        if !ended {
            let end = file.trim_end_matches(['\r', '\n']).len();
            file.truncate(end);
        }
        file.into_bytes()
    })
}

fn written(reading: &Reading) -> Vec<u8> {
    let pieces = reading
        .lines
        .iter()
        .map(|line| Piece::Kept {
            key: line.record().map(SortKey::of),
            bytes: match line.record() {
                Some(record) => edited(record, &line.raw),
                None => line.raw.clone(),
            },
        })
        .collect();
    arrange(pieces, reading.order())
}

/// An edit by number, so that it can be shrunk.
fn edit(record: &mut Record, kind: u8, text: &str) {
    match kind % 12 {
        0 => text.clone_into(&mut record.title),
        1 => text.clone_into(&mut record.notes),
        2 => record.life.updated_at = Some(Stamp::at(1_766_230_005_400_818_000)),
        3 => record.labels.push(text.to_owned()),
        4 => record.labels.clear(),
        5 => record.metadata = Some(format!("{{\"k\": {}}}", u64::from(kind))),
        6 => record.traits.pinned = !record.traits.pinned,
        7 => record.estimated_minutes = Some(i64::from(kind)),
        8 => record.dependencies.push(Dependency {
            issue_id: record.id.clone(),
            depends_on_id: text.to_owned(),
            kind: "blocks".to_owned(),
            created_at: Some(Stamp::at(0)),
            ..Dependency::default()
        }),
        9 => record.comments.push(Comment {
            id: "\"n\"".to_owned(),
            text: text.to_owned(),
            ..Comment::default()
        }),
        10 => record.extra.push(("zz_new".to_owned(), "[1,2]".to_owned())),
        _ => {
            record.life.closed_at = None;
            record.gate.waiters.push(text.to_owned());
        }
    }
}

/// JSON text without the ways of writing it.
fn plain(json: &mut String) {
    if let Ok(value) = serde_json::from_str::<serde_json::Value>(json) {
        *json = value.to_string();
    }
}

/// What lists and JSON hold does not depend on the order and the way in which they are written.
fn settled(mut record: Record) -> Record {
    record.metadata.iter_mut().for_each(plain);
    let edges = record
        .dependencies
        .iter_mut()
        .flat_map(|edge| &mut edge.extra);
    let extra = record.extra.iter_mut().chain(edges);
    extra.for_each(|(_, json)| plain(json));
    record.labels.sort_unstable();
    record.gate.waiters.sort_unstable();
    record.dependencies.sort_by(|a, b| {
        a.depends_on_id
            .cmp(&b.depends_on_id)
            .then(a.kind.cmp(&b.kind))
    });
    record
        .comments
        .sort_by(|a, b| (&a.id, &a.text).cmp(&(&b.id, &b.text)));
    record
}

/// What a ledger keeps of a record: times in milliseconds, JSON as values, edges and comments
/// without what it does not know, each key once.
fn rounded(record: &Record) -> Record {
    let mut record = record.clone();
    let cut = |time: &mut Option<Stamp>| {
        *time = time
            .take()
            .map(|stamp| Stamp::at(stamp.nanos / 1_000_000 * 1_000_000));
    };
    let Life {
        created_at,
        updated_at,
        closed_at,
        due_at,
        defer_until,
        ..
    } = &mut record.life;
    [created_at, updated_at, closed_at, due_at, defer_until]
        .into_iter()
        .for_each(cut);
    record.metadata.iter_mut().for_each(plain);
    for edge in &mut record.dependencies {
        edge.extra.clear();
        edge.metadata = edge.metadata.take().filter(|text| text != "{}");
        cut(&mut edge.created_at);
    }
    for (at, comment) in record.comments.iter_mut().enumerate() {
        comment.id = format!("\"c{at}\"");
        cut(&mut comment.created_at);
    }
    let mut extra: Vec<(String, String)> = Vec::new();
    for (key, mut value) in std::mem::take(&mut record.extra) {
        plain(&mut value);
        match extra.iter_mut().find(|(name, _)| *name == key) {
            Some(place) => place.1 = value,
            None => extra.push((key, value)),
        }
    }
    record.extra = extra;
    record.tombstone = Tombstone::default();
    record.counts = Counts::default();
    record.labels.reverse();
    record
}

fn bytes_of(reading: &Reading) -> Vec<u8> {
    let lines = reading.lines.iter().map(|line| (line.number, &line.raw));
    let rejects = reading.rejects.iter().map(|one| (one.line, &one.bytes));
    let mut all: Vec<(usize, &Vec<u8>)> = lines.chain(rejects).collect();
    all.sort_unstable();
    all.into_iter().flat_map(|(_, raw)| raw.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_was_read_is_written_byte_for_byte(file in files()) {
        let reading = read(&file);
        prop_assert!(reading.rejects.is_empty(), "{:?}", reading.rejects);
        prop_assert_eq!(String::from_utf8(written(&reading)), String::from_utf8(file));
    }

    #[test]
    fn an_edit_changes_one_line_and_is_read_back(
        file in files(), pick in any::<prop::sample::Index>(), kind in any::<u8>(), text in hostile(),
    ) {
        let mut reading = read(&file);
        let issues: Vec<usize> = reading.lines.iter().enumerate()
            .filter(|(_, line)| line.record().is_some()).map(|(at, _)| at).collect();
        if issues.is_empty() {
            return Ok(());
        }
        let at = issues[pick.index(issues.len())];
        let Body::Record(before) = reading.lines[at].body.clone() else { unreachable!() };
        let mut after = before.as_ref().clone();
        edit(&mut after, kind, &text);
        reading.lines[at].body = Body::Record(Box::new(after.clone()));
        let order: Vec<usize> = reading.lines.iter().map(|line| line.number).collect();
        let text = written(&reading);
        let again = read(&text);
        prop_assert!(again.rejects.is_empty(), "{:?} in {}", again.rejects, String::from_utf8_lossy(&text));
        let numbers: Vec<usize> = again.lines.iter().map(|line| line.number).collect();
        prop_assert_eq!(numbers, order);
        for (index, line) in again.lines.iter().enumerate() {
            if index == at {
                prop_assert_eq!(line.raw != reading.lines[at].raw, is_edited(&after, &before));
                prop_assert_eq!(settled(line.record().unwrap().clone()), settled(after.clone()));
            } else {
                prop_assert_eq!(line.content(), reading.lines[index].content());
            }
        }
    }

    #[test]
    fn an_edit_that_is_taken_back_is_read_as_before(line in issues(), kind in any::<u8>(), text in hostile()) {
        let reading = read(line.as_bytes());
        let before = reading.lines[0].record().unwrap().clone();
        let mut after = before.clone();
        edit(&mut after, kind, &text);
        let there = edited(&after, line.as_bytes());
        let back = edited(&before, &there);
        let again = read(&back);
        prop_assert_eq!(settled(again.lines[0].record().unwrap().clone()), settled(before));
    }

    #[test]
    fn what_a_ledger_rounded_is_written_as_it_was(line in issues(), kind in any::<u8>(), text in hostile()) {
        let reading = read(line.as_bytes());
        let before = reading.lines[0].record().unwrap();
        let back = restored(rounded(before), before);
        prop_assert_eq!(String::from_utf8(edited(&back, line.as_bytes())).unwrap(), line.clone());
        // An edit on top of it says the same as the edit alone.
        let mut there = rounded(before);
        edit(&mut there, kind, &text);
        let mut alone = before.clone();
        edit(&mut alone, kind, &text);
        let through = edited(&restored(there, before), line.as_bytes());
        let direct = edited(&alone, line.as_bytes());
        let record = |bytes: &[u8]| settled(read(bytes).lines[0].record().unwrap().clone());
        prop_assert_eq!(record(&through), record(&direct));
    }

    #[test]
    fn any_bytes_are_kept_whole(file in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assume!(!file.starts_with(b"\xef\xbb\xbf"));
        let reading = read(&file);
        prop_assert_eq!(bytes_of(&reading), file);
    }

    #[test]
    fn a_damaged_file_is_kept_whole(file in files(), cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        prop_assume!(!file.is_empty());
        let mut file = file;
        for (at, byte) in cuts {
            let at = at.index(file.len());
            file[at] = byte;
        }
        let reading = read(&file);
        // Two damaged ids may have become the same line: that is told instead.
        prop_assume!(reading.notes.iter().all(|note| !matches!(note, Note::Twice { .. } | Note::ByteOrderMark)));
        prop_assert_eq!(bytes_of(&reading), file);
    }

    #[test]
    fn a_new_record_is_read_back(line in issues(), exported in any::<bool>()) {
        let reading = read(line.as_bytes());
        let mut record = reading.lines[0].record().unwrap().clone();
        record.counts = Counts::default();
        record.compaction.original_size = None;
        let dialect = if exported { Dialect::Export } else { Dialect::Plain };
        let text = fresh(&record, dialect);
        let again = read(&text);
        let mut back = again.lines[0].record().unwrap().clone();
        back.counts = Counts::default();
        prop_assert_eq!(settled(back), settled(record));
    }
}
