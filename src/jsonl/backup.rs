//! The files of a backup, one a table, as lines that say all of an issue.
//!
//! Owns the joining of labels, edges and comments to the lines of their issues: a joined line is the
//! row of the table with what stands beside it, and a line without company stays as it is. Says
//! nothing of what a ledger has. Entry point: [`joined`].

use std::collections::HashMap;

use super::differ::{same_comment, same_edge};
use super::line::{Body, Line};
use super::read::Reading;
use super::write::edited;

/// Joins rows to the lines of their issues; answers the rows whose issue is not among them.
pub fn joined(issues: &mut Reading, rows: Vec<Line>) -> Vec<Line> {
    let ids: HashMap<String, usize> = issues
        .lines
        .iter()
        .enumerate()
        .filter_map(|(at, line)| Some((line.record()?.id.clone(), at)))
        .collect();
    let mut company: HashMap<usize, Vec<Body>> = HashMap::new();
    let mut alone = Vec::new();
    for row in rows {
        match owner(&row.body).and_then(|id| ids.get(id)) {
            Some(at) => company.entry(*at).or_default().push(row.body),
            None => alone.push(row),
        }
    }
    for (at, rows) in company {
        if let Some(line) = issues.lines.get_mut(at) {
            join(line, rows);
        }
    }
    alone
}

/// The issue that a row belongs to.
fn owner(body: &Body) -> Option<&str> {
    match body {
        Body::Label { issue_id, .. } => Some(issue_id),
        Body::Dependency(edge) => Some(&edge.issue_id),
        Body::Comment(comment) => Some(&comment.issue_id),
        Body::Blank
        | Body::Header
        | Body::Record(_)
        | Body::Memory { .. }
        | Body::Event(_)
        | Body::Setting { .. }
        | Body::Route { .. }
        | Body::Deletion(_) => None,
    }
}

fn join(line: &mut Line, rows: Vec<Body>) {
    let Body::Record(record) = &mut line.body else {
        return;
    };
    for row in rows {
        match row {
            Body::Label { label, .. } => {
                if !record.labels.contains(&label) {
                    record.labels.push(label);
                }
            }
            Body::Dependency(edge) => {
                if !record.dependencies.iter().any(|one| same_edge(one, &edge)) {
                    record.dependencies.push(*edge);
                }
            }
            Body::Comment(comment) => {
                if !record
                    .comments
                    .iter()
                    .any(|one| same_comment(one, &comment))
                {
                    record.comments.push(*comment);
                }
            }
            Body::Blank
            | Body::Header
            | Body::Record(_)
            | Body::Memory { .. }
            | Body::Event(_)
            | Body::Setting { .. }
            | Body::Route { .. }
            | Body::Deletion(_) => {}
        }
    }
    line.raw = edited(record, &line.raw);
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    const ISSUES: &str = concat!(
        r#"{"created_at":"2026-02-28T02:48:56Z","description":"","ephemeral":0,"id":"tb-1","issue_type":"task","metadata":"{}","pinned":0,"priority":2,"status":"open","timeout_ns":0,"title":"One","updated_at":"2026-02-28T02:48:56Z"}"#,
        "\n",
        r#"{"created_at":"2026-02-28T02:48:56Z","description":"","ephemeral":0,"id":"tb-2","issue_type":"task","metadata":"{}","pinned":0,"priority":2,"status":"open","timeout_ns":0,"title":"Two","updated_at":"2026-02-28T02:48:56Z"}"#,
        "\n",
    );
    const ROWS: &str = r#"{"issue_id":"tb-1","label":"core"}
{"issue_id":"tb-9","label":"lost"}
{"created_at":"2026-02-28T02:48:56Z","created_by":"ann","depends_on_id":"tb-2","issue_id":"tb-1","type":"blocks"}
{"author":"ann","created_at":"2026-02-28T02:48:56Z","id":"c-1","issue_id":"tb-1","text":"hm"}
"#;

    #[test]
    fn rows_come_to_their_issues_and_back_out_of_the_joined_lines() {
        let mut issues = read(ISSUES.as_bytes());
        let rows = || read(ROWS.as_bytes()).lines;
        let alone = joined(&mut issues, rows());
        assert_eq!(alone.len(), 1);
        let raw: Vec<u8> = issues
            .lines
            .iter()
            .flat_map(|line| line.raw.clone())
            .collect();
        let again = read(&raw);
        assert!(again.rejects.is_empty());
        let record = again.lines[0].record().unwrap();
        assert_eq!(record.labels, ["core"]);
        assert_eq!(record.dependencies[0].depends_on_id, "tb-2");
        assert_eq!(record.comments[0].text, "hm");
        assert_eq!(
            issues.lines[1].raw,
            ISSUES
                .lines()
                .nth(1)
                .map(|l| format!("{l}\n"))
                .unwrap()
                .as_bytes()
        );
        // A second joining changes nothing.
        let mut twice = read(&raw);
        joined(&mut twice, rows());
        let same: Vec<u8> = twice
            .lines
            .iter()
            .flat_map(|line| line.raw.clone())
            .collect();
        assert_eq!(same, raw);
    }
}
