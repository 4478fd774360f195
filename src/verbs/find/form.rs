//! Other forms of a list: by name, or as a text with fields in double braces, one bead a line.

use std::str::FromStr;

use crate::domain::Refusal;

/// Another form of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// As with `--json`.
    Json,
    /// A graph for Graphviz.
    Dot,
    /// Edges, one pair of ids a line.
    Digraph,
    /// A text with fields in it.
    Template(Template),
}

/// A text with fields in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// The key that the field has in JSON.
    Field(&'static str),
}

/// The fields: as other programs name them, and their keys in JSON.
const FIELDS: &[(&str, &str)] = &[
    ("ID", "id"),
    ("Title", "title"),
    ("Description", "description"),
    ("Design", "design"),
    ("AcceptanceCriteria", "acceptance_criteria"),
    ("Notes", "notes"),
    ("SpecID", "spec_id"),
    ("Status", "status"),
    ("Priority", "priority"),
    ("IssueType", "issue_type"),
    ("Assignee", "assignee"),
    ("Owner", "owner"),
    ("EstimatedMinutes", "estimated_minutes"),
    ("CreatedAt", "created_at"),
    ("CreatedBy", "created_by"),
    ("UpdatedAt", "updated_at"),
    ("StartedAt", "started_at"),
    ("ClosedAt", "closed_at"),
    ("CloseReason", "close_reason"),
    ("DueAt", "due_at"),
    ("DeferUntil", "defer_until"),
    ("ExternalRef", "external_ref"),
    ("Labels", "labels"),
    ("Parent", "parent"),
    ("Rig", "rig"),
];

impl FromStr for Form {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        match text {
            "json" => Ok(Self::Json),
            "dot" => Ok(Self::Dot),
            "digraph" => Ok(Self::Digraph),
            other if other.contains("{{") => Template::parse(other).map(Self::Template),
            other => Err(Refusal::invalid(
                "format",
                other,
                "`json`, `dot`, `digraph`, or a text with fields such as `{{.ID}} {{.Title}}`",
            )),
        }
    }
}

impl Template {
    fn parse(text: &str) -> Result<Self, Refusal> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((field, after)) = after.split_once("}}") else {
                return Err(Refusal::invalid("format", text, "`}}` after each `{{`"));
            };
            parts.push(Part::Text(unescaped(before)));
            parts.push(Part::Field(key_of(field)?));
            rest = after;
        }
        parts.push(Part::Text(unescaped(rest)));
        Ok(Self(parts))
    }

    /// The text with the values of one bead; `value` is asked for a field by its key in JSON.
    pub fn fill(&self, mut value: impl FnMut(&str) -> String) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Field(key) => value(key),
        });
        parts.collect()
    }
}

fn key_of(field: &str) -> Result<&'static str, Refusal> {
    let name = field.trim().trim_start_matches('.');
    let same = |(known, key): &&(&str, &str)| *known == name || *key == name;
    match FIELDS.iter().find(same) {
        Some((_, key)) => Ok(key),
        None => {
            let known: Vec<String> = FIELDS
                .iter()
                .map(|(name, _)| format!("`.{name}`"))
                .collect();
            let known = format!("one of {}", known.join(", "));
            Err(Refusal::invalid("field", field.trim(), &known))
        }
    }
}

/// Line ends and tabs as people type them in a shell.
fn unescaped(text: &str) -> String {
    text.replace("\\n", "\n").replace("\\t", "\t")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_filled_and_an_unknown_field_is_refused_with_the_known_ones() {
        let Ok(Form::Template(template)) = Form::from_str("{{.ID}}\\t{{ .issue_type }}!") else {
            panic!("no template");
        };
        assert_eq!(
            template.fill(|key| format!("<{key}>")),
            "<id>\t<issue_type>!"
        );
        for (text, names) in [
            ("{{.Nope}}", "`.AcceptanceCriteria`"),
            ("{{.ID", "`}}`"),
            ("yaml", "`digraph`"),
        ] {
            let refusal = Form::from_str(text).unwrap_err();
            assert!(refusal.message.contains(names), "{}", refusal.message);
        }
    }
}
