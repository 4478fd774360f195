//! Who is asking: derived from the session token, else from the process line, never from a claim
//! (contract S2).

use sha2::{Digest, Sha256};

use crate::domain::{Address, Refusal};
use crate::rules::row::{IncarnationRow, RunRow};
use crate::store::{Store, StoreError};

use super::Peer;

/// An actor, with its incarnation when it is a hosted agent.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    pub address: Address,
    pub incarnation: Option<IncarnationRow>,
}

/// Finds out who a peer is.
pub(crate) fn who(store: &Store, peer: &Peer) -> Result<Actor, Refusal> {
    if let Some(token) = &peer.token {
        let run = store
            .run_of_token(&token_hash(token))
            .map_err(Refusal::from)?;
        let Some(run) = run else {
            return Err(Refusal::refused(
                "the token of this session is no longer valid: no such agent runs",
            )
            .hint("start again from a shell outside the agent's session"));
        };
        return agent(store, &run);
    }
    for &(pid, started) in &peer.line {
        if let Some(run) = store.run_of_process(pid, started).map_err(Refusal::from)? {
            return agent(store, &run);
        }
    }
    Ok(Actor {
        address: peer.person.clone().map_or(Address::Human, Address::Person),
        incarnation: None,
    })
}

/// Whether a peer is a hosted agent; such a caller never opens the ledger itself.
pub(crate) fn is_agent(store: &Store, peer: &Peer) -> Result<bool, StoreError> {
    if peer.token.is_some() {
        return Ok(true);
    }
    for &(pid, started) in &peer.line {
        if store.run_of_process(pid, started)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn agent(store: &Store, run: &RunRow) -> Result<Actor, Refusal> {
    let incarnation = store.incarnation(&run.incarnation).map_err(Refusal::from)?;
    let Some(incarnation) = incarnation else {
        return Err(Refusal::failed(format!(
            "run `{}` belongs to nobody",
            run.id
        )));
    };
    Ok(Actor {
        address: incarnation.address(),
        incarnation: Some(incarnation),
    })
}

/// The session token of a run: made from the town's secret, so that planning a launch twice, around
/// a crash, gives the run the same token. Hashed twice, so that nothing can be appended to the run.
pub(crate) fn session_token(secret: &[u8; 32], run: &crate::domain::RunId) -> String {
    let inner = Sha256::new()
        .chain_update(secret)
        .chain_update(run.as_str())
        .finalize();
    hex(&Sha256::new()
        .chain_update(secret)
        .chain_update(inner)
        .finalize())
}

/// What the ledger keeps of a token.
pub(crate) fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing into a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
