//! JSON files that people edit: read with the line of a mistake, changed without losing keys or order.

use std::io;
use std::path::Path;

use serde_json::{Map, Value};

use super::error::ConfigError;
use crate::support::files::{self, Access};

/// Largest settings file, in bytes.
const FILE_MAX: u64 = 4 * 1024 * 1024;

/// The text of a regular file of a sane size, or `None` when nothing is there. A pipe or device in
/// its place would hold the reader up for ever.
pub(super) fn read_regular(path: &Path) -> io::Result<Option<String>> {
    match path.metadata() {
        Ok(facts) if !facts.is_file() => Err(io::Error::other("not a regular file")),
        Ok(facts) if facts.len() > FILE_MAX => Err(io::Error::other("larger than 4 MiB")),
        Ok(_) => files::read_if_there(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads a file as a JSON object; `None` when there is no such file.
pub(super) fn read_object(path: &Path) -> Result<Option<Map<String, Value>>, ConfigError> {
    let Some(text) = read_regular(path).map_err(ConfigError::io("read", path))? else {
        return Ok(None);
    };
    let malformed = |line: usize, reason: String| ConfigError::Malformed {
        path: path.to_owned(),
        line,
        reason,
    };
    match serde_json::from_str::<Value>(&text) {
        Ok(Value::Object(object)) => Ok(Some(object)),
        Ok(_) => Err(malformed(1, "not a JSON object".to_owned())),
        Err(error) => Err(malformed(error.line(), error.to_string())),
    }
}

/// Writes an object as people read it: two blanks of indentation and a final line end.
pub(super) fn write_object(path: &Path, object: &Map<String, Value>) -> Result<(), ConfigError> {
    if let Some(dir) = path.parent() {
        files::make_dir(dir).map_err(ConfigError::io("make", dir))?;
    }
    files::write_atomic(path, pretty(object).as_bytes(), access_of(path))
        .map_err(ConfigError::io("write", path))
}

/// Who may read a file that is rewritten: whoever may read it now.
pub(super) fn access_of(path: &Path) -> Access {
    use std::os::unix::fs::PermissionsExt;
    match path.metadata() {
        Ok(facts) if facts.permissions().mode() & 0o077 == 0 => Access::Private,
        Ok(_) | Err(_) => Access::Shared,
    }
}

/// The text of an object as it stands in a file.
pub(super) fn pretty(object: &Map<String, Value>) -> String {
    // A map of JSON values always serialises; `{:#}` is its indented form.
    format!("{:#}\n", Value::Object(object.clone()))
}

/// The object under `key`, made when missing. `None` when something else stands there.
pub(super) fn object_at<'a>(
    object: &'a mut Map<String, Value>,
    key: &str,
) -> Option<&'a mut Map<String, Value>> {
    object
        .entry(key)
        .or_insert_with(|| Value::Object(Map::new()))
        .as_object_mut()
}

/// The line of a key in a text, by the last part of its path; 1 when it is not found.
pub(super) fn line_of_key(text: &str, path: &str) -> usize {
    let key = path.rsplit('.').next().unwrap_or(path);
    let quoted = format!("\"{key}\"");
    text.lines()
        .position(|line| {
            line.split_once(&quoted)
                .is_some_and(|(_, rest)| rest.trim_start().starts_with(':'))
        })
        .map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rewrite_keeps_unknown_keys_and_their_order() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("a/b.json");
        assert!(read_object(&path).expect("none").is_none());
        let text = "{\n  \"zeta\": 1,\n  \"alpha\": {\n    \"x\": [\n      1\n    ]\n  }\n}\n";
        files::make_dir(dir.path().join("a").as_path()).expect("dir");
        files::write_atomic(&path, text.as_bytes(), Access::Shared).expect("write");
        let object = read_object(&path).expect("read").expect("there");
        write_object(&path, &object).expect("written");
        assert_eq!(
            files::read_if_there(&path).expect("read").as_deref(),
            Some(text)
        );
    }

    #[test]
    fn a_mistake_is_named_with_its_line() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("a.json");
        files::write_atomic(&path, b"{\n  \"a\": 1,\n  oops\n}", Access::Shared).expect("write");
        let error = read_object(&path).map(drop).unwrap_err();
        assert!(error.to_string().contains("line 3"), "{error}");
        assert_eq!(line_of_key("{\n \"a\": {\n  \"b\" : 2}}", "a.b"), 3);
    }
}
