//! Columns to typed values: a stored text that is no value of its type is an error, never a default.

use std::str::FromStr;

use rusqlite::Row;
use rusqlite::types::Type;

/// A column that holds a value as text.
pub(super) fn text<T>(row: &Row<'_>, name: &str) -> rusqlite::Result<T>
where
    T: FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let index = row.as_ref().column_index(name)?;
    let value: String = row.get(index)?;
    value.parse().map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(index, Type::Text, Box::new(error))
    })
}

/// A column that may hold a value as text.
pub(super) fn text_or_null<T>(row: &Row<'_>, name: &str) -> rusqlite::Result<Option<T>>
where
    T: FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let index = row.as_ref().column_index(name)?;
    let value: Option<String> = row.get(index)?;
    value
        .map(|value| value.parse())
        .transpose()
        .map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(index, Type::Text, Box::new(error))
        })
}

/// A column that holds a value as JSON.
pub(super) fn json<T: serde::de::DeserializeOwned>(
    row: &Row<'_>,
    name: &str,
) -> rusqlite::Result<T> {
    let index = row.as_ref().column_index(name)?;
    let value: String = row.get(index)?;
    serde_json::from_str(&value).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(index, Type::Text, Box::new(error))
    })
}

/// A column that may hold a value as JSON.
pub(super) fn json_or_null<T: serde::de::DeserializeOwned>(
    row: &Row<'_>,
    name: &str,
) -> rusqlite::Result<Option<T>> {
    let index = row.as_ref().column_index(name)?;
    let value: Option<String> = row.get(index)?;
    value
        .map(|value| serde_json::from_str(&value))
        .transpose()
        .map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(index, Type::Text, Box::new(error))
        })
}

/// A column that holds a count or a place.
pub(super) fn size(row: &Row<'_>, name: &str) -> rusqlite::Result<usize> {
    let index = row.as_ref().column_index(name)?;
    let value: i64 = row.get(index)?;
    usize::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(index, value))
}

/// A count or place as a column holds it.
pub(super) fn as_column(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
