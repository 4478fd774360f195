//! Where formulas are found: the folders of a rig, the town and the user, then those in the program.
//!
//! A name is the name of a file (`NAME.formula.toml`, `NAME.toml`, `mol-NAME.…`, the older `.json`) or the inner
//! name of a formula. The nearer folder wins; in one folder a file name beats an inner name, and an edited file one
//! that was given with the town. Two files of one folder that still claim a name are reported, not chosen between.

#![expect(
    clippy::disallowed_methods,
    reason = "this module is the owner of the folders with formulas"
)]

use std::io::Read;
use std::path::{Path, PathBuf};

use super::cook::{Lookup, Overlay, read_overlay};
use super::model::Formula;
use super::problem::Problems;
use super::read::{read_json, read_toml};
use super::{built_in, limits};
use crate::support::near::near_matches;

/// Files of one folder that are looked at.
const FILES: usize = 2_000;

/// Where a formula comes from; the first one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A folder named on the command line.
    Named,
    /// The rig's `.beads/formulas`.
    Rig,
    /// The town's.
    Town,
    /// The user's.
    User,
    /// The program's own.
    BuiltIn,
}

impl Origin {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Rig => "rig",
            Self::Town => "town",
            Self::User => "user",
            Self::BuiltIn => "built in",
        }
    }
}

/// One file with a formula.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where it is from.
    pub origin: Origin,
    /// The file; for the program's own only its name.
    pub file: String,
    /// The file's name without its ending.
    pub stem: String,
    /// Whether it is an unedited one of those that a town is given.
    pub given: bool,
    text: Result<String, String>,
}

impl Entry {
    /// Reads it.
    pub fn read(&self) -> Result<(Formula, Problems), Problems> {
        match &self.text {
            Ok(text) if self.file.ends_with(".json") => read_json(text, &self.file),
            Ok(text) => read_toml(text, &self.file),
            Err(told) => {
                let mut out = Problems::of(&self.file);
                out.error(0, "", told.clone());
                Err(out)
            }
        }
    }

    /// The text of the file, when it could be read.
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref().ok()
    }

    /// The inner name, also of a formula with errors.
    pub fn inner(&self) -> Option<String> {
        let text = self.text.as_deref().ok()?;
        if self.file.ends_with(".json") {
            let json: serde_json::Value = serde_json::from_str(text).ok()?;
            return json.get("formula")?.as_str().map(str::to_owned);
        }
        // The name stands at the top level, before the first table.
        text.lines()
            .take_while(|line| !line.trim_start().starts_with('['))
            .find_map(|line| {
                let (key, value) = line.split_once('=')?;
                let quoted = value.trim().trim_start_matches(['"', '\'']);
                let end = quoted.find(['"', '\''])?;
                key.trim()
                    .eq_ignore_ascii_case("formula")
                    .then(|| quoted.get(..end).unwrap_or_default().to_owned())
            })
    }
}

/// Why a name gives no formula.
#[derive(Debug)]
pub enum Missing {
    /// There is none; names that are near.
    Unknown {
        /// What was asked for.
        name: String,
        /// Names that look like it.
        near: Vec<String>,
        /// The folders that were looked in.
        looked: Vec<PathBuf>,
    },
    /// Several files of one folder claim the name.
    Ambiguous {
        /// What was asked for.
        name: String,
        /// The files.
        files: Vec<String>,
    },
    /// A folder could not be read: there may be one, and nobody can tell.
    Unreadable {
        /// The folder.
        folder: PathBuf,
        /// Why.
        reason: String,
    },
    /// It has errors.
    Wrong(Problems),
}

/// All folders with formulas, in their order.
#[derive(Debug, Default)]
pub struct Library {
    places: Vec<(Origin, PathBuf)>,
    entries: Vec<Entry>,
    unreadable: Vec<(PathBuf, String)>,
}

impl Library {
    /// Reads the folders; those that are not there are empty. The program's own formulas come last.
    ///
    /// `is_given` says of a text whether a town was given it and nobody has edited it since.
    pub fn open(places: &[(Origin, PathBuf)], is_given: fn(&str) -> bool) -> Self {
        let mut library = Self {
            places: places.to_vec(),
            ..Self::default()
        };
        library.places.sort_by_key(|(origin, _)| *origin);
        library.places.dedup_by(|a, b| a.1 == b.1);
        for (origin, folder) in library.places.clone() {
            match files(&folder) {
                Ok(files) => library
                    .entries
                    .extend(files.into_iter().map(|file| entry(origin, &file, is_given))),
                Err(error) => library.unreadable.push((folder, error.to_string())),
            }
        }
        library
            .entries
            .extend(built_in::FORMULAS.iter().map(|(file, text)| Entry {
                origin: Origin::BuiltIn,
                file: (*file).to_owned(),
                stem: stem(file).unwrap_or(file).to_owned(),
                given: true,
                text: Ok((*text).to_owned()),
            }));
        library
    }

    /// Every formula file, the winning ones first of their name.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Folders that could not be read, and why.
    pub fn unreadable(&self) -> &[(PathBuf, String)] {
        &self.unreadable
    }

    /// The file that a name means.
    pub fn find(&self, name: &str) -> Result<&Entry, Missing> {
        let mut origins: Vec<(Origin, Option<&Path>)> = self
            .places
            .iter()
            .map(|(origin, folder)| (*origin, Some(folder.as_path())))
            .collect();
        origins.push((Origin::BuiltIn, None));
        for (origin, folder) in origins {
            if let Some((folder, reason)) = self
                .unreadable
                .iter()
                .find(|(there, _)| Some(there.as_path()) == folder)
            {
                return Err(Missing::Unreadable {
                    folder: folder.clone(),
                    reason: reason.clone(),
                });
            }
            let here: Vec<&Entry> = self
                .entries
                .iter()
                .filter(|entry| {
                    entry.origin == origin
                        && folder
                            .is_none_or(|folder| Path::new(&entry.file).parent() == Some(folder))
                })
                .collect();
            if let Some(found) = of_folder(&here, name)? {
                return Ok(found);
            }
        }
        Err(self.unknown(name))
    }

    fn unknown(&self, name: &str) -> Missing {
        let mut names: Vec<String> = self.entries.iter().filter_map(Entry::inner).collect();
        names.extend(self.entries.iter().map(|entry| entry.stem.clone()));
        let near = near_matches(name, names.iter().map(String::as_str));
        Missing::Unknown {
            name: name.to_owned(),
            near: near.into_iter().map(str::to_owned).collect(),
            looked: self
                .places
                .iter()
                .map(|(_, folder)| folder.clone())
                .collect(),
        }
    }

    /// Reads the formula of a name, or of a file that is named by its path.
    pub fn load(&self, name: &str) -> Result<(Formula, Problems), Missing> {
        if is_path(name) {
            return entry(Origin::Named, Path::new(name), |_| false)
                .read()
                .map_err(Missing::Wrong);
        }
        self.find(name)?.read().map_err(Missing::Wrong)
    }
}

impl Lookup for Library {
    fn formula(&self, name: &str) -> Result<Formula, Problems> {
        self.load(name)
            .map(|(formula, _)| formula)
            .map_err(|missing| match missing {
                Missing::Wrong(problems) => problems,
                other => {
                    let mut out = Problems::of("");
                    out.error(0, "", other.to_string());
                    out
                }
            })
    }

    fn overlay(&self, name: &str) -> Result<Option<Overlay>, Problems> {
        for (_, folder) in &self.places {
            let Some(beads) = folder.parent() else {
                continue;
            };
            for folder in [Some(beads), beads.parent()].into_iter().flatten() {
                let file = folder.join("formula-overlays").join(format!("{name}.toml"));
                let shown = file.display().to_string();
                match text(&file) {
                    Ok(text) => return read_overlay(&text, &shown).map(Some),
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                    Err(error) => {
                        let mut out = Problems::of(&shown);
                        out.error(0, "", format!("the overlay cannot be read: {error}"));
                        return Err(out);
                    }
                }
            }
        }
        Ok(None)
    }
}

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unknown { name, .. } => write!(f, "there is no formula `{name}`"),
            Self::Ambiguous { name, files } => {
                let files: Vec<String> = files.iter().map(|file| format!("`{file}`")).collect();
                write!(f, "`{name}` means {}", files.join(" and "))
            }
            Self::Unreadable { folder, reason } => {
                write!(
                    f,
                    "the folder `{}` cannot be read: {reason}",
                    folder.display()
                )
            }
            Self::Wrong(problems) => {
                for (at, problem) in problems.errors().enumerate() {
                    let apart = if at == 0 { "" } else { "\n" };
                    write!(f, "{apart}{problem}")?;
                }
                Ok(())
            }
        }
    }
}

/// Whether an argument is the path of a file instead of a name.
pub fn is_path(name: &str) -> bool {
    name.contains('/') || stem(name).is_some()
}

/// A file's name without the ending of a formula; `None` when it has none.
fn stem(file: &str) -> Option<&str> {
    [".formula.toml", ".formula.json", ".toml", ".json"]
        .iter()
        .find_map(|ending| file.strip_suffix(ending))
        .filter(|stem| !stem.is_empty())
}

/// The other way to say a name: with `mol-`, or without it.
fn twin(name: &str) -> String {
    name.strip_prefix("mol-")
        .map_or_else(|| format!("mol-{name}"), str::to_owned)
}

/// What a name means in one folder.
fn of_folder<'a>(entries: &[&'a Entry], name: &str) -> Result<Option<&'a Entry>, Missing> {
    let twin = twin(name);
    let by_stem = |wanted: &str| -> Vec<&'a Entry> {
        entries
            .iter()
            .copied()
            .filter(|entry| entry.stem == wanted)
            .collect()
    };
    let mut claims = [by_stem(name), by_stem(&twin)];
    // A file of a user's own with this inner name is meant even when one that was given has the file name.
    let edited = claims.iter().flatten().any(|entry| !entry.given);
    let inner: Vec<&'a Entry> = if edited {
        Vec::new()
    } else {
        entries
            .iter()
            .copied()
            .filter(|entry| {
                entry
                    .inner()
                    .is_some_and(|inner| inner == name || inner == twin)
            })
            .collect()
    };
    for claim in claims
        .iter_mut()
        .filter(|claim| claim.iter().any(|entry| !entry.given))
    {
        claim.retain(|entry| !entry.given);
    }
    let own_inner: Vec<&'a Entry> = inner.iter().copied().filter(|entry| !entry.given).collect();
    let [exact, other] = claims;
    for claim in [
        if edited { Vec::new() } else { own_inner },
        own(&exact),
        own(&other),
        exact,
        other,
        inner,
    ] {
        let mut different: Vec<&Entry> = Vec::new();
        for entry in claim {
            if !different.iter().any(|known| known.text == entry.text) {
                different.push(entry);
            }
        }
        match different.as_slice() {
            [] => {}
            [one] => return Ok(Some(one)),
            several => {
                return Err(Missing::Ambiguous {
                    name: name.to_owned(),
                    files: several.iter().map(|entry| entry.file.clone()).collect(),
                });
            }
        }
    }
    Ok(None)
}

fn own<'a>(entries: &[&'a Entry]) -> Vec<&'a Entry> {
    entries
        .iter()
        .copied()
        .filter(|entry| !entry.given)
        .collect()
}

/// The files of a folder that can be formulas, in order.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error)
            if matches!(
                error.kind(),
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(Vec::new());
        }
        Err(error) => return Err(error),
    };
    let mut files = Vec::new();
    for entry in entries.take(FILES) {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if stem(name).is_some() && !name.starts_with('.') {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn entry(origin: Origin, file: &Path, is_given: fn(&str) -> bool) -> Entry {
    let name = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let text = text(file).map_err(|error| error.to_string());
    Entry {
        origin,
        file: file.display().to_string(),
        stem: stem(&name).unwrap_or(&name).to_owned(),
        given: text.as_deref().is_ok_and(is_given),
        text,
    }
}

/// The text of a regular file of a sane size.
fn text(file: &Path) -> std::io::Result<String> {
    let facts = file.metadata()?;
    if !facts.is_file() {
        return Err(std::io::Error::other("not a regular file"));
    }
    let mut text = String::new();
    std::fs::File::open(file)?
        .take(limits::FILE_BYTES + 1)
        .read_to_string(&mut text)?;
    if text.len() as u64 > limits::FILE_BYTES {
        return Err(std::io::Error::other("larger than 1 MiB"));
    }
    Ok(text)
}
