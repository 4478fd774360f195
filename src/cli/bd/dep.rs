//! `bd dep add`, `bd link`, `bd dep relate`, `bd duplicate`, `bd supersede`.

use serde_json::{Value, json};

use crate::cli::caller::Caller;
use crate::cli::report::{Ended, mismatch};
use crate::cli::{intake, output};
use crate::domain::{BeadId, Command, DepAdd, Outcome};
use crate::support::text::clean;
use crate::verbs::{DepAddArgs, DuplicateArgs, LinkArgs, RelateArgs, SupersedeArgs};

/// Makes a bead wait for another, or links them; also the edges of a file, all or none.
pub(crate) fn add(args: &DepAddArgs, caller: &Caller) -> Ended {
    if args.no_cycle_check {
        output::note("circles are looked for always; `--no-cycle-check` does nothing");
    }
    if let Some(file) = &args.file {
        let edges = args.edges(&intake::text(caller, file)?)?;
        return add_all(edges, args.json, caller);
    }
    let edge = args.edge()?;
    if args.blocks.is_none() {
        return put(edge, args.json, caller);
    }
    let object = json!({
        "blocked_id": edge.bead,
        "blocker_id": edge.on,
        "schema_version": 1,
        "status": "added",
        "type": edge.kind,
    });
    told(Command::DepAdd(edge), object, args.json, caller)
}

/// Makes a bead wait for another.
pub(crate) fn link(args: &LinkArgs, caller: &Caller) -> Ended {
    put(args.edge(), args.json, caller)
}

fn put(edge: DepAdd, json: bool, caller: &Caller) -> Ended {
    let mut object = described(&edge);
    if let Some(map) = object.as_object_mut() {
        map.insert("schema_version".to_owned(), json!(1));
        map.insert("status".to_owned(), json!("added"));
        map.sort_keys();
    }
    told(Command::DepAdd(edge), object, json, caller)
}

fn described(edge: &DepAdd) -> Value {
    json!({
        "depends_on_id": edge.on,
        "issue_id": edge.bead,
        "type": edge.kind,
    })
}

fn told(command: Command, object: Value, json: bool, caller: &Caller) -> Ended {
    let Outcome::Done { message } = caller.command(command)? else {
        return Err(mismatch(caller.how).into());
    };
    if json {
        return output::json(&object);
    }
    output::line(&clean(&message))
}

fn add_all(edges: Vec<DepAdd>, json: bool, caller: &Caller) -> Ended {
    let rows: Vec<Value> = edges.iter().map(described).collect();
    let steps = edges.into_iter().map(Command::DepAdd).collect();
    let Outcome::Batch { outcomes } = caller.command(Command::Batch(steps))? else {
        return Err(mismatch(caller.how).into());
    };
    if json {
        return output::json(&json!({
            "count": rows.len(),
            "dependencies": rows,
            "schema_version": 1,
            "status": "added",
        }));
    }
    for outcome in outcomes {
        if let Outcome::Done { message } = outcome {
            output::line(&clean(&message))?;
        }
    }
    Ok(())
}

/// Names two beads together, or no more.
pub(crate) fn relate(args: &RelateArgs, takes_away: bool, caller: &Caller) -> Ended {
    let (command, word) = if takes_away {
        (args.unrelate(), "unrelated")
    } else {
        (args.relate(), "related")
    };
    done(command, word, (&args.a, &args.b), args.json, caller)
}

/// Closes a bead that another says already.
pub(crate) fn duplicate(args: &DuplicateArgs, caller: &Caller) -> Ended {
    let pair = (&args.id, &args.of);
    done(args.command()?, "duplicate", pair, args.json, caller)
}

/// Closes a bead whose place another takes.
pub(crate) fn supersede(args: &SupersedeArgs, caller: &Caller) -> Ended {
    let pair = (&args.id, &args.with);
    done(args.command()?, "superseded", pair, args.json, caller)
}

fn done(
    command: Command,
    word: &str,
    (a, b): (&BeadId, &BeadId),
    json: bool,
    caller: &Caller,
) -> Ended {
    let Outcome::Batch { .. } = caller.command(command)? else {
        return Err(mismatch(caller.how).into());
    };
    if !json {
        return output::line(&format!("{word}: {a} - {b}"));
    }
    let mut object = json!({"issue_id": a, "schema_version": 1, "status": word});
    let key = match word {
        "duplicate" => "canonical_id",
        "superseded" => "replacement_id",
        _ => "related_id",
    };
    if let Some(map) = object.as_object_mut() {
        map.insert(key.to_owned(), json!(b));
        map.sort_keys();
    }
    output::json(&object)
}
