//! Folders with formulas: which file a name means.

#![expect(clippy::disallowed_methods, reason = "a test makes its own files")]

use std::path::Path;

use super::*;

/// Marks what a town was given.
const MARK: &str = "# given\n";

fn is_given(text: &str) -> bool {
    text.starts_with(MARK)
}

fn write(folder: &Path, file: &str, inner: &str, mark: &str) {
    std::fs::create_dir_all(folder).unwrap();
    let text = format!(
        "{mark}formula = \"{inner}\"\ndescription = \"{file}\"\n[[steps]]\nid = \"s\"\ntitle = \"S\"\n"
    );
    std::fs::write(folder.join(file), text).unwrap();
}

#[test]
fn names_and_folders_are_taken_in_their_order() {
    let home = tempfile::tempdir().unwrap();
    let (rig, town) = (home.path().join("rig"), home.path().join("town"));
    write(&town, "mol-strategy-dev.formula.toml", "strategy-dev", "");
    write(&town, "both.toml", "x-in-town", "");
    write(&rig, "both.toml", "x-in-rig", "");
    write(&rig, "odd-file.toml", "even-name", "");
    let library = Library::open(
        &[(Origin::Town, town.clone()), (Origin::Rig, rig.clone())],
        is_given,
    );
    for (name, origin, stem) in [
        ("mol-strategy-dev", Origin::Town, "mol-strategy-dev"),
        ("strategy-dev", Origin::Town, "mol-strategy-dev"),
        ("both", Origin::Rig, "both"),
        ("x-in-town", Origin::Town, "both"),
        ("even-name", Origin::Rig, "odd-file"),
        ("mol-even-name", Origin::Rig, "odd-file"),
        ("scraper-build", Origin::BuiltIn, "mol-scraper-build"),
        ("mol-bug-fix", Origin::BuiltIn, "mol-bug-fix"),
    ] {
        let found = library
            .find(name)
            .unwrap_or_else(|missing| panic!("{name}: {missing}"));
        assert_eq!(
            (found.origin, found.stem.as_str()),
            (origin, stem),
            "{name}"
        );
    }
    let Err(Missing::Unknown { near, .. }) = library.find("strategy-dve") else {
        panic!("found");
    };
    assert!(near.contains(&"strategy-dev".to_owned()), "{near:?}");
}

#[test]
fn two_files_of_a_user_that_claim_one_name_are_reported() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), "one.toml", "same", "");
    write(home.path(), "two.toml", "same", "");
    let library = Library::open(&[(Origin::Town, home.path().to_owned())], is_given);
    let Err(Missing::Ambiguous { files, .. }) = library.find("same") else {
        panic!("chosen between");
    };
    assert_eq!(files.len(), 2);
    assert!(library.find("one").is_ok());
}

/// DOCUMENT 9: the document's own file wins over the one the town was given, under both names.
#[test]
fn an_edited_formula_wins_over_one_that_was_given() {
    let home = tempfile::tempdir().unwrap();
    let given =
        format!("{MARK}formula = \"scraper-build\"\n[[steps]]\nid = \"s\"\ntitle = \"S\"\n");
    std::fs::write(home.path().join("mol-scraper-build.toml"), given).unwrap();
    let open = || Library::open(&[(Origin::Town, home.path().to_owned())], is_given);
    assert!(open().find("scraper-build").unwrap().given);
    write(
        home.path(),
        "mol-scraper-build.formula.toml",
        "scraper-build",
        "",
    );
    for name in ["scraper-build", "mol-scraper-build"] {
        assert!(
            open().find(name).unwrap().file.ends_with(".formula.toml"),
            "{name}"
        );
    }
    std::fs::remove_file(home.path().join("mol-scraper-build.formula.toml")).unwrap();
    write(home.path(), "mine.toml", "scraper-build", "");
    assert!(
        open()
            .find("scraper-build")
            .unwrap()
            .file
            .ends_with("mine.toml")
    );
}

#[test]
fn what_is_no_regular_file_or_too_big_is_told_and_never_waited_for() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("big.toml"), " ".repeat(1024 * 1024 + 1)).unwrap();
    std::fs::create_dir(home.path().join("folder.toml")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", home.path().join("endless.toml")).unwrap();
    let library = Library::open(&[(Origin::Town, home.path().to_owned())], is_given);
    for (name, why) in [
        ("big", "larger than 1 MiB"),
        ("folder", "not a regular file"),
        ("endless", "not a regular file"),
    ] {
        let Err(Missing::Wrong(problems)) = library.load(name) else {
            panic!("{name} was read");
        };
        assert!(told(&problems)[0].contains(why), "{:?}", told(&problems));
    }
}

#[test]
fn a_file_may_be_named_by_its_path() {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), "x.toml", "by-path", "");
    let path = home.path().join("x.toml").display().to_string();
    let (formula, _) = Library::open(&[], is_given).load(&path).unwrap();
    assert_eq!(formula.name, "by-path");
}
