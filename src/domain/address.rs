//! Addresses: who acts, who is told, who is meant. `tradingbot/polecats/Toast`, `mayor`, `human`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{AgentName, PersonName, Refusal, RigName};

/// How a stored name begins.
const PERSON: &str = "person:";

/// A seat in a rig.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Seat {
    /// Watches the rig's polecats.
    Witness,
    /// Lands the rig's work.
    Refinery,
    /// A worker for one bead.
    Polecat(AgentName),
    /// A lasting workspace.
    Crew(AgentName),
}

/// Who acts or is meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Address {
    /// The person at the console.
    Human,
    /// Somebody by name, in a repository's own ledger; what was stated, not what is known.
    Person(PersonName),
    /// The engine itself, where no role is responsible.
    Engine,
    /// The coordinator.
    Mayor,
    /// The town's supervisor.
    Deacon,
    /// The deacon's watchdog.
    Boot,
    /// A seat in a rig.
    Rig(RigName, Seat),
}

impl Address {
    /// Reads an address; `rig/Name` without a middle part means a polecat.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        if let Some(name) = text.strip_prefix(PERSON) {
            return PersonName::parse(name).map(Self::Person);
        }
        let parts: Vec<&str> = text
            .trim_end_matches('/')
            .split('/')
            .filter(|part| !part.is_empty())
            .collect();
        match parts.as_slice() {
            ["human" | "overseer" | "operator"] => Ok(Self::Human),
            ["engine"] => Ok(Self::Engine),
            ["mayor"] => Ok(Self::Mayor),
            ["deacon"] => Ok(Self::Deacon),
            ["boot"] | ["deacon", "boot"] => Ok(Self::Boot),
            [rig, "witness"] => Ok(Self::Rig(RigName::parse(rig)?, Seat::Witness)),
            [rig, "refinery"] => Ok(Self::Rig(RigName::parse(rig)?, Seat::Refinery)),
            [rig, "crew", name] => Ok(Self::Rig(
                RigName::parse(rig)?,
                Seat::Crew(AgentName::parse(name)?),
            )),
            [rig, "polecats", name] | [rig, name] => Ok(Self::Rig(
                RigName::parse(rig)?,
                Seat::Polecat(AgentName::parse(name)?),
            )),
            _ => Err(Refusal::invalid(
                "address",
                text,
                "one such as `tradingbot/Toast`, `mayor` or `human`",
            )),
        }
    }

    /// The address of a polecat.
    pub fn polecat(rig: &RigName, name: &AgentName) -> Self {
        Self::Rig(rig.clone(), Seat::Polecat(name.clone()))
    }

    /// The address of a rig's refinery.
    pub fn refinery(rig: &RigName) -> Self {
        Self::Rig(rig.clone(), Seat::Refinery)
    }

    /// The address of a rig's witness.
    pub fn witness(rig: &RigName) -> Self {
        Self::Rig(rig.clone(), Seat::Witness)
    }

    /// The rig it lies in, if any.
    pub fn rig(&self) -> Option<&RigName> {
        match self {
            Self::Rig(rig, _) => Some(rig),
            Self::Human
            | Self::Person(_)
            | Self::Engine
            | Self::Mayor
            | Self::Deacon
            | Self::Boot => None,
        }
    }

    /// The address as people type and read it: `tradingbot/Toast`, `tradingbot/crew/architect`, `mayor`.
    pub fn short(&self) -> String {
        match self {
            Self::Rig(rig, Seat::Polecat(name)) => format!("{rig}/{name}"),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Human => f.write_str("human"),
            Self::Person(name) => f.write_str(name.as_str()),
            Self::Engine => f.write_str("engine"),
            Self::Mayor => f.write_str("mayor"),
            Self::Deacon => f.write_str("deacon"),
            Self::Boot => f.write_str("deacon/boot"),
            Self::Rig(rig, Seat::Witness) => write!(f, "{rig}/witness"),
            Self::Rig(rig, Seat::Refinery) => write!(f, "{rig}/refinery"),
            Self::Rig(rig, Seat::Polecat(name)) => write!(f, "{rig}/polecats/{name}"),
            Self::Rig(rig, Seat::Crew(name)) => write!(f, "{rig}/crew/{name}"),
        }
    }
}

impl std::str::FromStr for Address {
    type Err = Refusal;
    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Address {
    type Error = Refusal;
    fn try_from(text: String) -> Result<Self, Refusal> {
        Self::parse(&text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        // A name could be anything, also `mayor`; what is stored says what it is.
        match address {
            Address::Person(name) => format!("{PERSON}{name}"),
            other => other.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_reads_back() {
        for text in [
            "human",
            "engine",
            "mayor",
            "deacon",
            "deacon/boot",
            "tradingbot/witness",
            "tradingbot/refinery",
            "tradingbot/polecats/Toast",
            "tradingbot/crew/architect",
        ] {
            assert_eq!(
                Address::parse(text)
                    .map(|address| address.to_string())
                    .as_deref(),
                Ok(text)
            );
        }
        assert_eq!(
            Address::parse("tradingbot/Toast")
                .map(|a| a.to_string())
                .as_deref(),
            Ok("tradingbot/polecats/Toast")
        );
        let named = Address::Person(PersonName::parse("mayor").expect("a name"));
        assert_eq!(named.to_string(), "mayor");
        assert_eq!(String::from(named.clone()), "person:mayor");
        assert_eq!(Address::parse("person:mayor"), Ok(named));
        assert_eq!(Address::parse("mayor/"), Ok(Address::Mayor));
        assert!(Address::parse("a/b/c/d").is_err());
        assert!(Address::parse("").is_err());
    }
}
