//! `bd doctor`: looks whether the ledger of this place is whole, private, and out of git's way.
//! Mends with `--fix` what can be mended without touching a bead.

use std::path::Path;

use serde_json::{Value, json};

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, Stop, disk};
use crate::cli::{edge, output};
use crate::client;
use crate::config::LedgerPlace;
use crate::domain::{Prefix, Refusal};
use crate::support::files;
use crate::support::text::clean;
use crate::verbs::plain::{BD_VERSION, LedgerDoctorArgs};

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Ok,
    Warning,
    Error,
}

impl Verdict {
    const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    const fn mark(self) -> &'static str {
        match self {
            Self::Ok => "✓",
            Self::Warning => "!",
            Self::Error => "✗",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug)]
struct Check {
    name: &'static str,
    verdict: Verdict,
    message: String,
    fix: Option<String>,
}

impl Check {
    fn new(name: &'static str, verdict: Verdict, message: impl Into<String>) -> Self {
        Self {
            name,
            verdict,
            message: message.into(),
            fix: None,
        }
    }

    fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
}

/// Looks at the ledger.
pub(crate) fn run(args: &LedgerDoctorArgs, caller: &Caller) -> Ended {
    let found = caller.ledger()?;
    if args.fix {
        caller.may_change()?;
        mend(&found)?;
    }
    let mut checks = vec![whole(&found), prefix(&found, caller), ignored(&found)];
    checks.extend(issue_file(&found));
    checks.extend(others(&found));
    if let Some(name) = &args.check {
        checks.retain(|check| check.name == name);
        if checks.is_empty() {
            let known = "`ledger`, `prefix`, `ignored`, `issues`, `others`";
            return Err(Refusal::invalid("check", name, known).into());
        }
    }
    let healthy = checks.iter().all(|check| check.verdict != Verdict::Error);
    if args.json {
        output::json(&report(&found, &checks, healthy))?;
    } else {
        output::text(&page(&checks))?;
    }
    if healthy {
        return Ok(());
    }
    Err(Stop::Refused(Refusal::failed("the ledger is not in order")))
}

fn whole(found: &LedgerPlace) -> Check {
    if !found.paths.is_plain() {
        return Check::new("ledger", Verdict::Ok, "the town's engine looks after it");
    }
    match client::check_ledger(&found.paths) {
        Ok(damage) if damage.is_empty() => Check::new("ledger", Verdict::Ok, "whole"),
        Ok(damage) => Check::new("ledger", Verdict::Error, damage.join("; "))
            .fix("bd export -o saved.jsonl --all, then take that in by a new ledger"),
        Err(refusal) => Check::new("ledger", Verdict::Error, refusal.message),
    }
}

fn prefix(found: &LedgerPlace, caller: &Caller) -> Check {
    match super::place::prefix_of(found, caller).and_then(|text| Prefix::parse(&text)) {
        Ok(prefix) => Check::new("prefix", Verdict::Ok, format!("ids begin with `{prefix}-`")),
        Err(refusal) => Check::new("prefix", Verdict::Error, refusal.message)
            .fix("bd config set issue_prefix <letters>"),
    }
}

fn ignored(found: &LedgerPlace) -> Check {
    if !found.paths.is_plain() || found.paths.gt().join(".gitignore").is_file() {
        return Check::new("ignored", Verdict::Ok, "git does not see the ledger");
    }
    Check::new("ignored", Verdict::Warning, "git may see the ledger").fix("bd doctor --fix")
}

fn issue_file(found: &LedgerPlace) -> Option<Check> {
    let file = found.folder.join(crate::config::BEADS).join("issues.jsonl");
    let text = match files::read_if_there(&file) {
        Ok(text) => text?,
        Err(error) => return Some(Check::new("issues", Verdict::Warning, error.to_string())),
    };
    let marks = text
        .lines()
        .filter(|line| line.starts_with("<<<<<<<") || line.starts_with(">>>>>>>"))
        .count();
    let shown = clean(&file.to_string_lossy());
    Some(if marks == 0 {
        Check::new("issues", Verdict::Ok, format!("{shown} has no conflict"))
    } else {
        let message = format!("{shown} holds {marks} conflict markers");
        Check::new("issues", Verdict::Warning, message)
            .fix("bd import --dry-run says what would come in of both sides")
    })
}

/// Stores of other programs beside the ledger: never opened, and worth knowing.
fn others(found: &LedgerPlace) -> Option<Check> {
    let beads = found.folder.join(crate::config::BEADS);
    let there: Vec<&str> = ["dolt", "embeddeddolt", "beads.db", "issues.db"]
        .into_iter()
        .filter(|name| beads.join(name).exists())
        .collect();
    (!there.is_empty()).then(|| {
        let message = format!("not opened, of another program: {}", there.join(", "));
        Check::new("others", Verdict::Warning, message)
            .fix("export there, then bd import <file.jsonl> here")
    })
}

fn mend(found: &LedgerPlace) -> Result<(), Refusal> {
    if !found.paths.is_plain() {
        return Ok(());
    }
    let file: &Path = &found.paths.gt().join(".gitignore");
    files::write_new(file, b"*\n")
        .map(|_| ())
        .map_err(|error| disk(&format!("`{}`", file.display()), &error))
}

fn report(found: &LedgerPlace, checks: &[Check], healthy: bool) -> Value {
    let rows: Vec<Value> = checks
        .iter()
        .map(|check| {
            let mut row = json!({
                "message": check.message,
                "name": check.name,
                "status": check.verdict.word(),
            });
            if let (Some(fix), Some(row)) = (&check.fix, row.as_object_mut()) {
                row.insert("fix".to_owned(), json!(fix));
            }
            row
        })
        .collect();
    json!({
        "checks": rows,
        "cli_version": BD_VERSION,
        "overall_ok": healthy,
        "path": found.paths.root(),
        "platform": format!("{}/{}", std::env::consts::OS, std::env::consts::ARCH),
        "schema_version": 1,
        "timestamp": stamp(),
    })
}

fn stamp() -> String {
    jiff::Timestamp::from_millisecond(edge::now())
        .map_or_else(|_| String::new(), |now| now.strftime("%FT%TZ").to_string())
}

fn page(checks: &[Check]) -> String {
    let mut lines = Vec::new();
    for check in checks {
        lines.push(format!(
            "{} {:8} {}\n",
            check.verdict.mark(),
            check.name,
            clean(&check.message)
        ));
        lines.extend(check.fix.iter().map(|fix| format!("           {fix}\n")));
    }
    lines.concat()
}
