//! Beads as a markdown file: one for each heading of the second level, its fields under headings of
//! the third.
//!
//! Text before the first heading of the second level is a remark. Text between a bead's heading and
//! its first field is the description. Entry point: [`BeadCreateArgs::sheet`].

use super::bead::{checked_description, checked_labels, checked_title};
use super::bead_create::add_edges;
use super::bead_texts::kind;
use super::{BeadCreateArgs, Context};
use crate::domain::{BeadCreate, Kind, Priority, Refusal};

/// One bead as written.
#[derive(Debug, Default)]
struct Sheet {
    line: usize,
    title: String,
    /// Name of the field (empty for the description) and its text.
    fields: Vec<(String, String)>,
}

impl BeadCreateArgs {
    /// The beads of a markdown text; what the line itself says holds where a bead says nothing.
    pub fn sheet(&self, text: &str, cx: &Context) -> Result<Vec<BeadCreate>, Refusal> {
        let sheets = sheets(text);
        if sheets.is_empty() {
            return Err(Refusal::new(
                Kind::Usage,
                "the file names no bead: each begins with a line such as `## Fix the parser`",
            ));
        }
        sheets
            .iter()
            .map(|sheet| {
                self.filled(sheet, cx).map_err(|mut refusal| {
                    refusal.message = format!("line {}: {}", sheet.line, refusal.message);
                    refusal
                })
            })
            .collect()
    }

    fn filled(&self, sheet: &Sheet, cx: &Context) -> Result<BeadCreate, Refusal> {
        let line = Self {
            title: Some(sheet.title.clone()),
            ..self.clone()
        };
        let mut bead = line.bead(cx)?;
        bead.title = checked_title(&sheet.title)?;
        for (name, text) in &sheet.fields {
            let text = text.trim();
            if !text.is_empty() {
                set(&mut bead, name, text)?;
            }
        }
        Ok(bead)
    }
}

fn set(bead: &mut BeadCreate, name: &str, text: &str) -> Result<(), Refusal> {
    match name {
        "" | "description" => bead.description = checked_description(text)?,
        "priority" => bead.priority = Priority::parse(text)?,
        "type" => (bead.kind, bead.kind_word) = kind(text)?,
        "design" => text.clone_into(&mut bead.rest.design),
        "acceptance criteria" | "acceptance" => text.clone_into(&mut bead.rest.acceptance),
        "notes" => text.clone_into(&mut bead.rest.notes),
        "assignee" => bead.assignee = Some(text.to_owned()),
        "labels" => bead.labels.extend(checked_labels(&words(text))?),
        "dependencies" | "deps" => add_edges(bead, &words(text))?,
        // A heading that is no field is a part of the description.
        other => {
            let section = format!("### {other}\n{text}");
            if !bead.description.is_empty() {
                bead.description.push_str("\n\n");
            }
            bead.description.push_str(&section);
        }
    }
    Ok(())
}

/// Words with commas, spaces or list marks between.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| c == ',' || c.is_whitespace())
        .map(|word| word.trim_start_matches(['-', '*']))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Takes the text apart; headings inside fenced code are text.
fn sheets(text: &str) -> Vec<Sheet> {
    let mut sheets: Vec<Sheet> = Vec::new();
    let mut fenced = false;
    for (index, line) in text.lines().enumerate() {
        fenced ^= line.trim_start().starts_with("```");
        let heading = |marks: &str| line.strip_prefix(marks).filter(|_| !fenced).map(str::trim);
        if let Some(title) = heading("## ") {
            sheets.push(Sheet {
                line: index + 1,
                title: title.to_owned(),
                fields: vec![(String::new(), String::new())],
            });
            continue;
        }
        let Some(sheet) = sheets.last_mut() else {
            continue;
        };
        if let Some(name) = heading("### ") {
            let known = name.to_lowercase();
            let name = if is_field(&known) {
                known
            } else {
                name.to_owned()
            };
            sheet.fields.push((name, String::new()));
        } else if let Some((_, text)) = sheet.fields.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    sheets
}

fn is_field(name: &str) -> bool {
    matches!(
        name,
        "description"
            | "priority"
            | "type"
            | "design"
            | "acceptance criteria"
            | "acceptance"
            | "notes"
            | "assignee"
            | "labels"
            | "dependencies"
            | "deps"
    )
}
