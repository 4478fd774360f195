//! The gates of a rig: what its work must pass before it lands.

use sha2::{Digest, Sha256};

use super::model::MergeQueue;
use crate::domain::{Span, parse_span};

/// Time limit of a gate that states none.
const DEFAULT_TIMEOUT: Span = 600_000;

/// Output limit of a gate that states none: 16 MiB.
const DEFAULT_OUTPUT: u64 = 16 * 1024 * 1024;

/// Most runs of a gate that fails before it is taken to fail.
pub(super) const ATTEMPTS_MAX: u32 = 10;

/// Requests that are tested together where nothing is stated.
pub(super) const BATCH_DEFAULT: usize = 8;

/// Most requests that can be tested together.
pub(super) const BATCH_MAX: usize = 64;

/// One gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Its name, such as `test`.
    pub name: String,
    /// Its command line, for a shell.
    pub command: String,
    /// Its time limit in milliseconds.
    pub timeout_ms: Span,
    /// Most bytes of output kept; more fails the gate.
    pub output_limit: u64,
}

/// The gates in the order they run: set-up, type check, lint, test, build, then the operator's own.
/// A gate of the operator's own that has the name of one of the five takes its place.
pub(super) fn gates_of(queue: &MergeQueue) -> Vec<Gate> {
    let output_limit = queue.output_limit.unwrap_or(DEFAULT_OUTPUT);
    let gate = |name: &str, command: Option<&str>, timeout: Option<&str>| {
        let command = command?.trim();
        let timeout = timeout.and_then(|timeout| parse_span(timeout).ok());
        (!command.is_empty()).then(|| Gate {
            name: name.to_owned(),
            command: command.to_owned(),
            timeout_ms: timeout.unwrap_or(DEFAULT_TIMEOUT),
            output_limit,
        })
    };
    let test = queue
        .test_command
        .as_ref()
        .filter(|_| queue.run_tests != Some(false));
    let mut gates: Vec<Gate> = [
        ("setup", queue.setup_command.as_ref(), &queue.setup_timeout),
        (
            "typecheck",
            queue.typecheck_command.as_ref(),
            &queue.typecheck_timeout,
        ),
        ("lint", queue.lint_command.as_ref(), &queue.lint_timeout),
        ("test", test, &queue.test_timeout),
        ("build", queue.build_command.as_ref(), &queue.build_timeout),
    ]
    .into_iter()
    .filter_map(|(name, command, timeout)| {
        gate(name, command.map(String::as_str), timeout.as_deref())
    })
    .collect();
    for (name, entry) in queue.gates.iter().flat_map(|gates| &gates.0) {
        let Some(own) = gate(name, Some(&entry.cmd), entry.timeout.as_deref()) else {
            continue;
        };
        match gates.iter_mut().find(|gate| gate.name == *name) {
            Some(same) => *same = own,
            None => gates.push(own),
        }
    }
    gates
}

/// What tells one set of gates from another: what passed other commands says nothing.
pub fn gate_set(gates: &[Gate]) -> String {
    let mut all = Sha256::new();
    for gate in gates {
        for part in [&gate.name, &gate.command] {
            all.update(part.len().to_le_bytes());
            all.update(part.as_bytes());
        }
    }
    let digest = all.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the operator said anything about gates, be it that there are none.
pub(super) fn is_decided(queue: &MergeQueue) -> bool {
    let commands = [
        &queue.setup_command,
        &queue.typecheck_command,
        &queue.lint_command,
        &queue.test_command,
        &queue.build_command,
    ];
    commands.iter().any(|command| command.is_some())
        || queue.gates.is_some()
        || queue.run_tests.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(String, i64)> {
        let queue: MergeQueue = serde_json::from_str(text).expect("queue");
        gates_of(&queue)
            .into_iter()
            .map(|gate| (format!("{}={}", gate.name, gate.command), gate.timeout_ms))
            .collect()
    }

    #[test]
    fn gates_run_in_their_order() {
        assert_eq!(names("{}"), []);
        assert_eq!(
            names(
                r#"{"build_command":"b","test_command":"t","test_timeout":"30s","setup_command":"s",
                    "gates":{"zeta":{"cmd":"z"},"alpha":{"cmd":"a","timeout":"1m"},"build":{"cmd":"b2"},"off":{"cmd":" "}}}"#
            ),
            [
                ("setup=s".to_owned(), 600_000),
                ("test=t".to_owned(), 30_000),
                ("build=b2".to_owned(), 600_000),
                ("zeta=z".to_owned(), 600_000),
                ("alpha=a".to_owned(), 60_000),
            ]
        );
        assert_eq!(names(r#"{"test_command":"t","run_tests":false}"#), []);
        assert_eq!(names(r#"{"test_command":""}"#), []);
    }

    #[test]
    fn saying_that_there_are_none_is_a_decision() {
        for (text, decided) in [
            ("{}", false),
            (r#"{"gates":{}}"#, true),
            (r#"{"run_tests":false}"#, true),
            (r#"{"test_command":"t"}"#, true),
        ] {
            let queue: MergeQueue = serde_json::from_str(text).expect("queue");
            assert_eq!(is_decided(&queue), decided, "{text}");
        }
    }
}
