//! The walls of the house: layers, sizes, what each crate may be used for, what may lie where.
//!
//! The tables here are the architecture; a breach fails with file, line and what is allowed. Entry
//! point for a change of the walls: [`LAYERS`] and [`CRATES`].

#![expect(
    clippy::disallowed_methods,
    reason = "this test reads the sources of the crate"
)]

#[path = "architecture/source.rs"]
mod source;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use source::{Source, files_under, tokenize};

/// The layers, lowest first. A module may use lower layers and its own subtree (DECISIONS 18).
const LAYERS: &[&[&str]] = &[
    &["support"],
    &["domain"],
    &["term"],
    // Presets are data alone; the settings that choose among them stand one step above.
    &["presets"],
    &["config", "formula", "wire", "jsonl"],
    &["rules"],
    &["store", "git", "pty", "record"],
    &["host", "engine"],
    // Two layers here, one in the design: the daemon is a client of the terminal host.
    &["client"],
    &["daemon"],
    &["verbs", "screen"],
    &["console"],
    // Above the console, because `gt` without arguments opens it.
    &["cli"],
];

/// Which modules may use a crate; a module stands for its subtree.
struct Use {
    name: &'static str,
    modules: &'static [&'static str],
}

const CRATES: &[Use] = &[
    Use {
        name: "rusqlite",
        modules: &["store"],
    },
    Use {
        name: "git2",
        modules: &["git"],
    },
    Use {
        name: "portable_pty",
        modules: &["pty"],
    },
    Use {
        name: "alacritty_terminal",
        modules: &["term"],
    },
    Use {
        name: "ratatui",
        modules: &["screen", "console"],
    },
    Use {
        name: "crossterm",
        modules: &["screen", "console", "cli"],
    },
    Use {
        name: "tokio",
        modules: &["host", "daemon", "client", "console::run", "engine::run"],
    },
    Use {
        name: "tokio_util",
        modules: &["host", "daemon", "client", "console::run", "engine::run"],
    },
    Use {
        name: "clap",
        modules: &["verbs", "cli"],
    },
    Use {
        name: "toml",
        modules: &["config", "presets", "formula", "console", "verbs", "cli"],
    },
];

/// The crates that the product is built on; each is a direct dependency (DOCUMENT 58).
const CHOSEN: [&str; 8] = [
    "ratatui",
    "crossterm",
    "tokio",
    "portable-pty",
    "serde",
    "toml",
    "git2",
    "rusqlite",
];

/// What may stand at the top of the repository, beside dot-files (DOCUMENT 57).
const TOP: [&str; 8] = [
    "Cargo.toml",
    "Cargo.lock",
    "src",
    "themes",
    "formulas",
    "tests",
    "README.md",
    "LICENSE",
];

/// Text that has no place in the project: cut in two here, so that this file passes too.
const FORBIDDEN: &[(&str, &str)] = &[
    ("/wo", "rk/"),
    ("/ro", "ot/"),
    ("index.cra", "tes.io"),
    ("static.cra", "tes.io"),
    ("-----BEGIN ", "PRIVATE"),
];

const FILE_MEDIAN: usize = 150;
const FILE_P90: usize = 400;
const FILE_EXPLAINED: usize = 500;
const FILE_MAX: usize = 800;
const FUNCTION_MAX: usize = 60;
const PARAMETERS_MAX: usize = 5;
const MOD_MAX: usize = 60;
const BIN_MAX: usize = 30;
const INLINE_TESTS_MAX: usize = 150;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .to_string_lossy()
        .into_owned()
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "rs")
}

fn read_all(dir: &str) -> Vec<Source> {
    files_under(&root().join(dir), &is_rust)
        .iter()
        .map(|path| {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            Source::read(&relative(path), &text)
        })
        .collect()
}

/// The sources of the crate; a child that is declared `#[cfg(test)] mod x;` counts as test code.
fn sources() -> Vec<Source> {
    let mut all = read_all("src");
    assert!(!all.is_empty(), "no source was found");
    let test_modules: Vec<Vec<String>> = all
        .iter()
        .flat_map(|source| {
            source.tokens.windows(10).filter_map(|window| {
                let words: Vec<&str> = window.iter().map(|token| token.text.as_str()).collect();
                let [head @ .., name, end] = words.as_slice() else {
                    return None;
                };
                (head == ["#", "[", "cfg", "(", "test", ")", "]", "mod"] && *end == ";").then(
                    || {
                        let mut module = source.module.clone();
                        module.push((*name).to_owned());
                        module
                    },
                )
            })
        })
        .collect();
    for source in &mut all {
        source.all_test |= test_modules
            .iter()
            .any(|module| source.module.starts_with(module));
    }
    all
}

#[derive(Default)]
struct Breaches(String);

impl Breaches {
    fn add(&mut self, file: &str, line: usize, what: &str) {
        let _ = writeln!(self.0, "{file}:{line}: {what}");
    }

    #[track_caller]
    fn none(self) {
        assert!(self.0.is_empty(), "\n{}", self.0);
    }
}

fn layer_of(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

fn allowed_for(module: &str) -> Vec<&'static str> {
    let layer = layer_of(module).unwrap_or(0);
    LAYERS
        .iter()
        .take(layer)
        .flat_map(|names| names.iter().copied())
        .collect()
}

#[test]
fn a_module_uses_only_lower_layers_and_its_own_subtree() {
    let mut breaches = Breaches::default();
    for source in sources() {
        let Some(module) = source.module.first() else {
            continue;
        };
        if module == "bin" {
            continue;
        }
        if layer_of(module).is_none() {
            breaches.add(&source.name, 1, "this module stands in no layer");
            continue;
        }
        let allowed = allowed_for(module);
        for mention in source.mentions() {
            let known = layer_of(&mention.module).is_some();
            if known && mention.module != *module && !allowed.contains(&mention.module.as_str()) {
                let what = format!(
                    "`{module}` uses `{}`; it may use {}",
                    mention.module,
                    allowed.join(", ")
                );
                breaches.add(&source.name, mention.line, &what);
            }
        }
    }
    breaches.none();
}

#[test]
fn every_module_of_the_crate_stands_in_one_layer() {
    let mut breaches = Breaches::default();
    for source in sources()
        .iter()
        .filter(|source| source.name == "src/lib.rs")
    {
        for pair in source.tokens.windows(2) {
            if let [word, name] = pair
                && word.text == "mod"
                && LAYERS
                    .iter()
                    .flat_map(|layer| layer.iter())
                    .filter(|in_layer| **in_layer == name.text)
                    .count()
                    != 1
            {
                breaches.add(
                    &source.name,
                    name.line,
                    &format!("`{}` does not stand in exactly one layer", name.text),
                );
            }
        }
    }
    breaches.none();
}

#[test]
fn every_source_file_belongs_to_a_module() {
    let all = sources();
    let mut breaches = Breaches::default();
    for source in &all {
        let Some((name, parent)) = source.module.split_last() else {
            continue;
        };
        if parent == ["bin"] {
            continue;
        }
        let declared = all.iter().filter(|other| other.module == parent).any(|other| {
            other.tokens.windows(3).any(|window| {
                matches!(window, [word, named, end] if word.text == "mod" && named.text == *name && end.text == ";")
            })
        });
        if !declared {
            breaches.add(&source.name, 1, "no module declares this file");
        }
    }
    breaches.none();
}

#[test]
fn a_crate_is_used_only_by_the_modules_that_own_its_subject() {
    let mut breaches = Breaches::default();
    for source in sources() {
        let here = source.module.join("::");
        for krate in CRATES {
            let owner = krate
                .modules
                .iter()
                .any(|module| here == *module || here.starts_with(&format!("{module}::")));
            if owner {
                continue;
            }
            for line in source.uses_crate(krate.name) {
                let what = format!(
                    "`{}` is used here; only {} may",
                    krate.name,
                    krate.modules.join(", ")
                );
                breaches.add(&source.name, line, &what);
            }
        }
    }
    breaches.none();
}

#[test]
fn the_chosen_crates_are_direct_dependencies() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap_or_default();
    let direct: Vec<&str> = manifest
        .lines()
        .skip_while(|line| line.trim() != "[dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('=').map(|(name, _)| name.trim()))
        .collect();
    for name in CHOSEN {
        assert!(
            direct.contains(&name),
            "`{name}` is not a direct dependency: {direct:?}"
        );
    }
}

#[test]
fn files_are_of_a_size_that_can_be_read() {
    let mut breaches = Breaches::default();
    let mut sizes: Vec<usize> = Vec::new();
    for source in sources().iter().filter(|source| !source.all_test) {
        let size = source.production_lines();
        sizes.push(size);
        if size > FILE_MAX {
            breaches.add(
                &source.name,
                1,
                &format!("{size} lines; at most {FILE_MAX}"),
            );
        } else if size > FILE_EXPLAINED && !source.text.contains("\n//! Size: ") {
            breaches.add(
                &source.name,
                1,
                &format!("{size} lines; over {FILE_EXPLAINED} needs a `//! Size:` reason"),
            );
        }
        let tests: usize = source
            .test_lines
            .iter()
            .map(|(from, to)| to - from + 1)
            .sum();
        if tests > INLINE_TESTS_MAX {
            breaches.add(&source.name, 1, &format!("{tests} lines of inline tests; over {INLINE_TESTS_MAX} they move to a file of their own"));
        }
        let bin = source.module.first().is_some_and(|module| module == "bin");
        if bin && size > BIN_MAX {
            breaches.add(
                &source.name,
                1,
                &format!("{size} lines; a binary has at most {BIN_MAX}"),
            );
        }
    }
    sizes.sort_unstable();
    let share = |part: usize| {
        sizes
            .get((sizes.len() * part / 100).min(sizes.len() - 1))
            .copied()
    };
    let all: usize = sizes.iter().sum();
    let large: usize = sizes.iter().filter(|size| **size > FILE_EXPLAINED).sum();
    for (what, size, limit) in [
        ("median", share(50), FILE_MEDIAN),
        ("p90", share(90), FILE_P90),
    ] {
        if size.is_none_or(|size| size > limit) {
            breaches.add(
                "src",
                0,
                &format!("{what} of the file sizes is {size:?}; at most {limit}"),
            );
        }
    }
    if large * 10 > all {
        breaches.add(
            "src",
            0,
            &format!(
                "{large} of {all} lines stand in files over {FILE_EXPLAINED}; at most a tenth"
            ),
        );
    }
    breaches.none();
}

#[test]
fn functions_are_short_and_take_few_parameters() {
    let mut breaches = Breaches::default();
    for source in sources() {
        for function in source.functions().iter().filter(|function| !function.test) {
            if function.lines > FUNCTION_MAX {
                let what = format!(
                    "`{}` has {} lines; at most {FUNCTION_MAX}",
                    function.name, function.lines
                );
                breaches.add(&source.name, function.line, &what);
            }
            if function.parameters > PARAMETERS_MAX {
                let what = format!(
                    "`{}` takes {} parameters; at most {PARAMETERS_MAX}",
                    function.name, function.parameters
                );
                breaches.add(&source.name, function.line, &what);
            }
        }
    }
    breaches.none();
}

#[test]
fn every_file_says_what_it_owns() {
    let mut breaches = Breaches::default();
    for source in read_all("src").iter().chain(&read_all("tests")) {
        if !source.text.starts_with("//!") {
            breaches.add(
                &source.name,
                1,
                "does not begin with `//!` and what it owns",
            );
        }
    }
    breaches.none();
}

#[test]
fn a_mod_file_holds_no_logic() {
    let mut breaches = Breaches::default();
    for source in sources()
        .iter()
        .filter(|source| source.name.ends_with("/mod.rs"))
    {
        let size = source.production_lines();
        if size > MOD_MAX {
            breaches.add(&source.name, 1, &format!("{size} lines; at most {MOD_MAX}"));
        }
        for (line, words) in source.logic() {
            breaches.add(&source.name, line, &format!("`{words} …` in a `mod.rs`; only documentation, `mod`, `use` and constants stand there"));
        }
    }
    breaches.none();
}

#[test]
fn words_of_the_language_that_are_banned_do_not_occur() {
    let mut breaches = Breaches::default();
    let mut all = read_all("src");
    all.extend(read_all("tests"));
    for source in &all {
        for window in source.tokens.windows(3) {
            let [first, second, third] = window else {
                continue;
            };
            let words = (
                first.text.as_str(),
                second.text.as_str(),
                third.text.as_str(),
            );
            let attribute = matches!(words.0, "[" | ",");
            let what = match words {
                (_, "allow", "(") if attribute => "`allow`: use `expect` with a reason",
                (_, "ignore", "]" | "=") if attribute => "`ignore`: a test runs or is not there",
                (_, "should_panic", _) if attribute => "`should_panic`: assert the value",
                ("unsafe", _, _) => "`unsafe` is not used in this crate",
                ("todo" | "unimplemented", "!", _) => "nothing pretends to be there",
                _ => continue,
            };
            breaches.add(&source.name, second.line, what);
        }
        let os = source.name == "src/support/os.rs";
        for token in &source.tokens {
            if token.word
                && matches!(
                    token.text.as_str(),
                    "target_os" | "target_vendor" | "target_family"
                )
                && !os
            {
                breaches.add(
                    &source.name,
                    token.line,
                    "only `support::os` tells systems apart",
                );
            }
        }
    }
    breaches.none();
}

#[test]
fn the_top_of_the_repository_holds_only_what_belongs_there() {
    let mut strangers: Vec<String> = std::fs::read_dir(root())
        .map(|entries| {
            entries
                .flatten()
                .map(|entry| entry.file_name().to_string_lossy().into_owned())
                .filter(|name| {
                    !name.starts_with('.') && name != "target" && !TOP.contains(&name.as_str())
                })
                .collect()
        })
        .unwrap_or_default();
    strangers.sort();
    assert!(
        strangers.is_empty(),
        "{strangers:?} may not stand at the top; allowed are {TOP:?} and dot-files"
    );
}

#[test]
fn no_file_names_a_machine_or_a_secret() {
    let mut breaches = Breaches::default();
    let text_file = |path: &Path| {
        !path
            .file_name()
            .is_some_and(|name| name == "Cargo.lock" || name == ".git")
            && !path
                .extension()
                .is_some_and(|ending| matches!(ending.to_str(), Some("bytes" | "png" | "db")))
    };
    for path in files_under(&root(), &text_file) {
        let Ok(text) = std::fs::read_to_string(&path) else {
            breaches.add(&relative(&path), 0, "is not text");
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            for (left, right) in FORBIDDEN {
                let word = format!("{left}{right}");
                let begins = |at: usize| {
                    let before = line.get(..at).and_then(|text| text.chars().next_back());
                    !before.is_some_and(|c| c.is_alphanumeric() || c == '>' || c == '}')
                };
                if line.match_indices(&word).any(|(at, _)| begins(at)) {
                    breaches.add(&relative(&path), number + 1, &format!("names `{word}`"));
                }
            }
        }
    }
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap_or_default();
    for (number, line) in lock.lines().enumerate() {
        let official = line.starts_with("source = \"registry+https://github.com/rust-lang/");
        if line.starts_with("source = ") && !official {
            breaches.add("Cargo.lock", number + 1, "a package from an unknown place");
        }
    }
    breaches.none();
}

/// The scanner itself: each of these would slip through a search by text, or be found by it wrongly.
mod scanner {
    use super::*;

    fn mentions(name: &str, text: &str) -> Vec<(usize, String)> {
        Source::read(name, text)
            .mentions()
            .into_iter()
            .map(|mention| (mention.line, mention.module))
            .collect()
    }

    #[test]
    fn paths_in_comments_and_strings_are_not_mentions() {
        let text = "// crate::store\n/* crate::git /* crate::pty */ */\nconst A: &str = \"crate::engine\";\nconst B: &str = r#\"\" crate::host\"#;\nfn a<'a>(b: &'a str) -> char { 'c' }\nuse crate::wire;\n";
        assert_eq!(mentions("src/domain/a.rs", text), [(6, "wire".to_owned())]);
    }

    #[test]
    fn groups_and_steps_up_are_mentions() {
        let text = "use crate::{\n    domain::{Kind, Refusal},\n    store,\n};\nfn f() { super::super::git::x(); super::sibling(); $crate::pty::y(); }\n";
        let found = mentions("src/rules/sling.rs", text);
        let modules: Vec<&str> = found.iter().map(|(_, module)| module.as_str()).collect();
        assert_eq!(modules, ["domain", "store", "git", "pty"]);
        assert_eq!(
            found.iter().map(|(line, _)| *line).collect::<Vec<_>>(),
            [2, 3, 5, 5]
        );
    }

    #[test]
    fn a_step_up_out_of_an_inline_module_stays_in_the_file() {
        let text = "mod tests {\n    use super::super::store;\n    use super::super::super::git;\n}\nuse super::super::wire;\n";
        let found = mentions("src/rules/sling.rs", text);
        let modules: Vec<&str> = found.iter().map(|(_, module)| module.as_str()).collect();
        assert_eq!(modules, ["git", "wire"]);
    }

    #[test]
    fn test_code_does_not_count_as_production() {
        let source = Source::read(
            "src/a.rs",
            "//! a\n\nfn a() {\n}\n\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n",
        );
        assert_eq!(source.production_lines(), 5);
        assert!(source.is_test(8) && !source.is_test(3));
    }

    #[test]
    fn functions_are_measured() {
        let text = "fn a<T: Fn(u8) -> u8>(&self, b: Vec<(u8, u8)>, c: [u8; 2]) -> u8\nwhere T: Copy {\n    { }\n}\ntrait X { fn no_body(&self); }\n";
        let found = Source::read("src/a.rs", text).functions();
        assert_eq!(found.len(), 1);
        assert!(
            found
                .iter()
                .all(|f| f.name == "a" && f.lines == 4 && f.parameters == 2 && !f.test)
        );
    }

    #[test]
    fn logic_in_a_mod_file_is_found() {
        let fine = "//! a\n#![expect(x, reason = \"y\")]\nmod a;\npub(crate) mod b;\npub use a::{B, C};\npub const D: u8 = 1;\n#[cfg(test)]\nmod tests {\n fn x() {}\n}\n";
        assert_eq!(Source::read("src/a/mod.rs", fine).logic(), []);
        let wrong = Source::read(
            "src/a/mod.rs",
            "mod a;\npub fn b() { c(); }\nconst fn d() {}\nmod e { }\n",
        )
        .logic();
        assert_eq!(
            wrong.iter().map(|(line, _)| *line).collect::<Vec<_>>(),
            [2, 3, 4]
        );
    }

    #[test]
    fn crates_are_found_in_paths_and_imports() {
        let source = Source::read(
            "src/a.rs",
            "use git2;\nuse git2::Oid;\nfn a() { git2::b(); self.git2::x; domain::git2::y; let git2 = 1; }\n",
        );
        assert_eq!(source.uses_crate("git2"), [1, 2, 3]);
    }

    #[test]
    fn literals_are_one_token() {
        let words: Vec<String> =
            tokenize("b'\\'' '\\u{1f}' b\"\\\"\" 'a' \"x\\\\\" br##\"\"#\"## r#type")
                .into_iter()
                .map(|token| token.text)
                .collect();
        assert_eq!(
            words,
            ["''", "''", "\"\"", "''", "\"\"", "\"\"", "r", "#", "type"]
        );
    }
}
