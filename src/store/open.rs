//! Opening the ledger: identity, version, migrations, and the transactions of a turn.

use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::StoreError;

/// "GTwn": marks the file as a ledger.
const APPLICATION_ID: i64 = 0x4754_776e;

/// Every version's way up from the one before.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/001.sql"),
    include_str!("migrations/002.sql"),
    include_str!("migrations/003.sql"),
    include_str!("migrations/004.sql"),
    include_str!("migrations/005.sql"),
    include_str!("migrations/006.sql"),
    include_str!("migrations/007.sql"),
];

/// Pages of the log that are written back at once after many large transactions.
const MANY_PAGES: i64 = 32_768;
/// Memory for pages during large transactions, in KiB; it is used as far as it is needed.
const ROOM_KIB: i64 = 256 << 10;
/// Memory for pages at other times, in KiB.
const USUAL_KIB: i64 = 2_000;

/// The longest log that a single command leaves as it is, in bytes. What was written back of it is
/// forgotten when its last user goes, so a log that only single commands write to would never end,
/// and each of them reads it whole.
const LOG_MAX: u64 = 1 << 20;
/// How much of the file is read as memory. Every commit makes the readers forget their pages; this
/// way they find them again without a call for each.
const MAPPED: i64 = 1 << 30;

/// An open ledger.
#[derive(Debug)]
pub(crate) struct Store {
    pub(super) conn: Connection,
}

impl Store {
    /// Makes the ledger where there is none, and brings an older one up to date after a verified
    /// backup beside it. For the owner of the town lock.
    pub(crate) fn create_or_migrate(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut conn = Connection::open_with_flags(path, flags)?;
        prepare(&conn, path)?;
        let found = version(&conn)?;
        let known = latest();
        if found > known {
            return Err(StoreError::Newer { found, known });
        }
        if found > 0 && found < known {
            back_up(&conn, path, found)?;
        }
        for (number, sql) in (1_i64..)
            .zip(MIGRATIONS)
            .filter(|(number, _)| *number > found)
        {
            let tx = conn.transaction()?;
            tx.execute_batch(sql)?;
            tx.pragma_update(None, "user_version", number)?;
            tx.pragma_update(None, "application_id", APPLICATION_ID)?;
            tx.commit()?;
        }
        private_mode(path)?;
        Ok(Self { conn })
    }

    /// Opens an up-to-date ledger for one command: no migration, no check, no checkpoint at close.
    pub(crate) fn open_once(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::Missing(path.to_path_buf()));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(path, flags)?;
        prepare(&conn, path)?;
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        current(&conn)?;
        let store = Self { conn };
        if log_size(path) > LOG_MAX {
            store.write_back()?;
        }
        Ok(store)
    }

    /// Opens a snapshot reader beside the owner, in the owner's process.
    pub(crate) fn open_reader(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let conn = Connection::open_with_flags(path, flags)?;
        conn.busy_timeout(std::time::Duration::from_secs(5))?;
        conn.pragma_update(None, "query_only", true)?;
        in_memory(&conn)?;
        conn.set_prepared_statement_cache_capacity(128);
        current(&conn)?;
        Ok(Self { conn })
    }

    /// A ledger in memory, for tests.
    #[cfg(test)]
    pub(crate) fn in_memory() -> Result<Self, StoreError> {
        let conn = Connection::open_in_memory()?;
        conn.pragma_update(None, "foreign_keys", true)?;
        for sql in MIGRATIONS {
            conn.execute_batch(sql)?;
        }
        Ok(Self { conn })
    }

    /// Makes the ledger ready for many large transactions in a row: what they touch stays in memory,
    /// and the log is not written back after each of them.
    pub(crate) fn many(&self) -> Result<(), StoreError> {
        self.conn
            .pragma_update(None, "wal_autocheckpoint", MANY_PAGES)?;
        self.roomy()
    }

    /// Room in memory for what a large transaction touches; without it pages go out and in again.
    pub(crate) fn roomy(&self) -> Result<(), StoreError> {
        Ok(self.conn.pragma_update(None, "cache_size", -ROOM_KIB)?)
    }

    /// Gives the memory of [`Self::roomy`] back.
    pub(crate) fn narrow(&self) -> Result<(), StoreError> {
        self.conn.pragma_update(None, "cache_size", -USUAL_KIB)?;
        self.conn.release_memory()?;
        Ok(())
    }

    /// Writes the log back after many transactions, and makes it small again.
    pub(crate) fn many_done(&self) -> Result<(), StoreError> {
        self.narrow()?;
        self.write_back()
    }

    /// Writes the log back and empties it.
    fn write_back(&self) -> Result<(), StoreError> {
        self.conn
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// Begins a turn's transaction.
    pub(crate) fn begin(&self) -> Result<(), StoreError> {
        Ok(self.conn.execute_batch("BEGIN IMMEDIATE")?)
    }

    /// Makes a turn durable.
    pub(crate) fn commit(&self) -> Result<(), StoreError> {
        Ok(self.conn.execute_batch("COMMIT")?)
    }

    /// Undoes a turn.
    pub(crate) fn roll_back(&self) -> Result<(), StoreError> {
        if self.conn.is_autocommit() {
            return Ok(());
        }
        Ok(self.conn.execute_batch("ROLLBACK")?)
    }

    /// Begins one command inside a turn.
    pub(crate) fn save(&self) -> Result<(), StoreError> {
        Ok(self.conn.execute_batch("SAVEPOINT command")?)
    }

    /// Keeps what one command wrote.
    pub(crate) fn release(&self) -> Result<(), StoreError> {
        Ok(self.conn.execute_batch("RELEASE command")?)
    }

    /// Undoes what one command wrote.
    pub(crate) fn undo(&self) -> Result<(), StoreError> {
        Ok(self
            .conn
            .execute_batch("ROLLBACK TO command; RELEASE command")?)
    }

    /// Looks for damage; an empty list is a healthy file. Slow: for the background.
    pub(crate) fn quick_check(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self.conn.prepare("PRAGMA quick_check(20)")?;
        let lines: Vec<String> = statement
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }
}

fn log_size(path: &Path) -> u64 {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    Path::new(&log).metadata().map_or(0, |file| file.len())
}

fn latest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

fn version(conn: &Connection) -> Result<i64, StoreError> {
    Ok(conn.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn current(conn: &Connection) -> Result<(), StoreError> {
    let found = version(conn)?;
    match found.cmp(&latest()) {
        std::cmp::Ordering::Less => Err(StoreError::Older(found)),
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(StoreError::Newer {
            found,
            known: latest(),
        }),
    }
}

fn prepare(conn: &Connection, path: &Path) -> Result<(), StoreError> {
    conn.busy_timeout(std::time::Duration::from_secs(5))?;
    conn.set_prepared_statement_cache_capacity(128);
    let id: i64 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if id != APPLICATION_ID && (id != 0 || version(conn)? != 0) {
        return Err(StoreError::Foreign(path.to_path_buf()));
    }
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    in_memory(conn)
}

/// Pages are read where the kernel has them, and what a command could undo is not written to a file.
fn in_memory(conn: &Connection) -> Result<(), StoreError> {
    conn.pragma_update_and_check(None, "mmap_size", MAPPED, |_| Ok(()))?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(())
}

fn back_up(conn: &Connection, path: &Path, version: i64) -> Result<(), StoreError> {
    let copy = backup_path(path, version);
    conn.backup(
        rusqlite::MAIN_DB,
        &copy,
        None::<fn(rusqlite::backup::Progress)>,
    )?;
    let check = Connection::open_with_flags(&copy, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let word: String = check.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if word == "ok" {
        Ok(())
    } else {
        Err(StoreError::Foreign(copy))
    }
}

fn backup_path(path: &Path, version: i64) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".v{version}.bak"));
    PathBuf::from(name)
}

fn private_mode(path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(|source| {
        StoreError::File {
            path: path.to_path_buf(),
            source,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_or_newer_file_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let foreign = dir.path().join("foreign.db");
        Connection::open(&foreign)
            .unwrap()
            .execute_batch("PRAGMA user_version=7; CREATE TABLE t (a)")
            .unwrap();
        assert!(matches!(
            Store::create_or_migrate(&foreign),
            Err(StoreError::Foreign(_))
        ));
        let ours = dir.path().join("ledger.db");
        drop(Store::create_or_migrate(&ours).unwrap());
        Connection::open(&ours)
            .unwrap()
            .execute_batch("PRAGMA user_version=99")
            .unwrap();
        assert!(matches!(
            Store::create_or_migrate(&ours),
            Err(StoreError::Newer { found: 99, .. })
        ));
        assert!(matches!(
            Store::open_once(&dir.path().join("none")),
            Err(StoreError::Missing(_))
        ));
    }

    #[test]
    fn an_older_ledger_is_backed_up_and_keeps_its_rows() {
        for from in 1..latest() {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("ledger.db");
            let old = Connection::open(&path).unwrap();
            let steps = usize::try_from(from).unwrap();
            for sql in &MIGRATIONS[..steps] {
                old.execute_batch(sql).unwrap();
            }
            old.execute_batch("INSERT INTO meta VALUES ('kept', 'yes')")
                .unwrap();
            for (name, value) in [("user_version", from), ("application_id", APPLICATION_ID)] {
                old.pragma_update(None, name, value).unwrap();
            }
            drop(old);
            assert!(matches!(Store::open_once(&path), Err(StoreError::Older(_))));
            let store = Store::create_or_migrate(&path).unwrap();
            assert_eq!(store.fact("kept").unwrap().as_deref(), Some("yes"));
            assert!(store.leftovers().unwrap().is_empty());
            assert!(store.living().unwrap().is_empty());
            assert!(backup_path(&path, from).is_file());
        }
    }

    #[test]
    fn the_log_of_single_commands_does_not_grow_without_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger.db");
        drop(Store::create_or_migrate(&path).unwrap());
        let text = "x".repeat(100_000);
        for number in 0..40 {
            let store = Store::open_once(&path).unwrap();
            store.set_fact("kept", &format!("{number} {text}")).unwrap();
            drop(store);
            assert!(log_size(&path) < 2 * LOG_MAX, "{number}");
        }
        let kept = Store::open_once(&path).unwrap().fact("kept").unwrap();
        assert!(kept.is_some_and(|text| text.starts_with("39 ")));
    }

    #[test]
    fn a_new_ledger_is_healthy_and_private() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger.db");
        let store = Store::create_or_migrate(&path).unwrap();
        assert!(store.quick_check().unwrap().is_empty());
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
