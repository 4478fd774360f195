//! What `bd import` says at the end: counts, what was changed on both sides, what was put aside.

use serde_json::{Value, json};

use super::import_parts::Part;
use crate::cli::output;
use crate::cli::report::Ended;
use crate::domain::{ImportedLine, LineFate, Refusal};
use crate::support::text::clean;
use crate::verbs::BeadImportArgs;

/// How many differences and rejects are told one by one.
const TOLD_MAX: usize = 20;

/// What is said at the end.
pub(super) struct Summary<'a> {
    pub(super) args: &'a BeadImportArgs,
    pub(super) parts: Vec<Part>,
    pub(super) place: String,
}

impl Summary<'_> {
    /// Whether something that was written here would be lost, and nobody wanted that.
    pub(super) fn is_refused(&self) -> bool {
        !self.args.apply && !self.args.dry_run && self.count(&LineFate::Overwritten) > 0
    }

    fn told(&self) -> impl Iterator<Item = &ImportedLine> {
        self.parts.iter().flat_map(|part| &part.told)
    }

    /// How many lines were put aside.
    fn aside(&self) -> usize {
        self.parts.iter().map(|part| part.aside.len()).sum()
    }

    fn circles(&self) -> impl Iterator<Item = &String> {
        self.told().flat_map(|one| &one.circles)
    }

    fn count(&self, fate: &LineFate) -> usize {
        self.told().filter(|one| one.fate == *fate).count()
    }

    fn counts(&self) -> [(&'static str, usize); 7] {
        [
            ("added", self.count(&LineFate::Added)),
            ("updated", self.count(&LineFate::Updated)),
            ("overwritten", self.count(&LineFate::Overwritten)),
            ("unchanged", self.count(&LineFate::Same)),
            ("kept", self.count(&LineFate::Kept)),
            ("held", self.count(&LineFate::Held)),
            ("rejected", self.aside()),
        ]
    }

    pub(super) fn print(&self, refused: bool) -> Ended {
        for note in self.parts.iter().flat_map(|part| &part.notes) {
            output::note(&format!("note: {}", clean(&note.to_string())));
        }
        if self.args.json {
            return output::json(&self.object(refused));
        }
        if refused {
            return Ok(());
        }
        let counts: Vec<String> = self
            .counts()
            .iter()
            .filter(|(word, count)| *count > 0 || *word == "added")
            .map(|(word, count)| format!("{count} {word}"))
            .collect();
        let verb = if self.args.dry_run {
            "would import"
        } else {
            "imported"
        };
        output::line(&format!(
            "{verb} {}: {}",
            clean(&self.args.file),
            counts.join(", ")
        ))?;
        if self.args.dry_run {
            for line in self.conflicts().take(TOLD_MAX) {
                output::line(&format!("  changed here too: {line}"))?;
            }
        }
        for edge in self.circles().take(TOLD_MAX) {
            output::line(&format!(
                "left out, as it would be a circle: {}",
                clean(edge)
            ))?;
        }
        self.print_aside()
    }

    fn print_aside(&self) -> Ended {
        if self.aside() == 0 {
            return Ok(());
        }
        let verb = if self.args.dry_run {
            "would be put aside"
        } else {
            "put aside"
        };
        output::line(&format!("{verb} in {}:", clean(&self.place)))?;
        let several = self.parts.len() > 1;
        let all = self.parts.iter().flat_map(|part| {
            let of = move |aside| (part, aside);
            part.aside.iter().map(of)
        });
        for (part, one) in all.take(TOLD_MAX) {
            let file = if several {
                format!("{} ", part.short())
            } else {
                String::new()
            };
            let reason = clean(&one.reason);
            output::line(&format!("  {file}line {}: {reason}", one.line))?;
        }
        match self.aside().saturating_sub(TOLD_MAX) {
            0 => Ok(()),
            more => output::line(&format!("  and {more} more")),
        }
    }

    fn object(&self, refused: bool) -> Value {
        let mut object = serde_json::Map::new();
        for (word, count) in self.counts() {
            object.insert(word.to_owned(), json!(count));
        }
        let conflicts: Vec<Value> = self
            .overwritten()
            .map(|one| json!({"id": one.id, "line": one.number, "differences": one.differences}))
            .collect();
        object.insert("applied".to_owned(), json!(!refused && !self.args.dry_run));
        object.insert("conflicts".to_owned(), json!(conflicts));
        object.insert("dry_run".to_owned(), json!(self.args.dry_run));
        let file = Some(&self.place).filter(|_| self.aside() > 0);
        object.insert("rejects_file".to_owned(), json!(file));
        object.insert("schema_version".to_owned(), json!(1));
        let circles: Vec<&String> = self.circles().collect();
        object.insert("skipped_dependencies".to_owned(), json!(circles));
        Value::Object(object)
    }

    fn overwritten(&self) -> impl Iterator<Item = &ImportedLine> {
        self.told().filter(|one| one.fate == LineFate::Overwritten)
    }

    /// One line for each field that would be lost.
    fn conflicts(&self) -> impl Iterator<Item = String> {
        self.overwritten().flat_map(|one| {
            let id = one.id.as_ref().map_or("", |id| id.as_str());
            one.differences.iter().map(move |field| {
                format!(
                    "{id} {}: here \"{}\", in line {} \"{}\"",
                    field.field,
                    short(&field.ours),
                    one.number,
                    short(&field.theirs)
                )
            })
        })
    }

    pub(super) fn refusal(&self) -> Refusal {
        let count = self.overwritten().count();
        let mut refusal = Refusal::conflict(format!(
            "{count} beads were changed here and in the file; nothing is imported"
        ));
        for line in self.conflicts().take(TOLD_MAX) {
            refusal = refusal.hint(line);
        }
        refusal.hint(format!("bd import {} --apply", self.args.file))
    }
}

/// The beginning of a value, on one line.
fn short(text: &str) -> String {
    let text = clean(text);
    match text.char_indices().nth(80) {
        None => text,
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}
