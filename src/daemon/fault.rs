//! A test switch: the engine kills itself once, at a named point of an effect's life.
//!
//! `GT_FAULT=<kind>:before` dies after the commit that owes the effect and before the act;
//! `GT_FAULT=<kind>:after` dies after the act and before what came of it is committed. Without the
//! variable nothing here does anything. The kinds are those of `gt engine faults`.

#![expect(
    clippy::disallowed_methods,
    reason = "the switch is an environment variable"
)]

use crate::rules::effect::Effect;

/// When in an effect's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// Owed and durable, not yet acted on.
    Before,
    /// Acted on, the outcome not yet durable.
    After,
}

/// The point at which to die, if any.
#[derive(Clone, Debug, Default)]
pub(super) struct Fault {
    point: Option<(String, When)>,
}

impl Fault {
    /// Reads the switch.
    pub(super) fn from_environment() -> Self {
        let point = std::env::var("GT_FAULT").ok().and_then(|text| {
            let (kind, when) = text.split_once(':')?;
            let when = match when {
                "before" => When::Before,
                "after" => When::After,
                _ => return None,
            };
            Some((kind.to_owned(), when))
        });
        Self { point }
    }

    /// Dies here if this is the point, as `kill -9` would have it.
    pub(super) fn check(&self, kind: &str, when: When) {
        if self
            .point
            .as_ref()
            .is_some_and(|(wanted, at)| wanted == kind && *at == when)
        {
            let me = rustix::process::getpid();
            let killed = rustix::process::kill_process(me, rustix::process::Signal::KILL);
            tracing::error!(?killed, "still alive");
        }
    }
}

/// Every point there is, as the switch spells it.
pub fn fault_points() -> Vec<String> {
    Effect::KINDS
        .iter()
        .flat_map(|kind| [format!("{kind}:before"), format!("{kind}:after")])
        .collect()
}
