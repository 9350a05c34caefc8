//! Query parameters: repeated names, numbers with a range, filters.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use super::ApiError;
use crate::filter::Filter;

/// A decoded query string. Names are compared ignoring letter case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(raw: Option<&str>) -> Self {
        Self(
            form_urlencoded::parse(raw.unwrap_or_default().as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// All parameters in their order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The first value of a parameter.
    pub(crate) fn first(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// All values of a parameter.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.iter()
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.to_owned())
            .collect()
    }

    /// A number within a range.
    pub(crate) fn number<T>(&self, name: &str, range: RangeInclusive<T>) -> Result<Option<T>, ApiError>
    where
        T: FromStr + PartialOrd + Display,
    {
        let Some(value) = self.first(name) else {
            return Ok(None);
        };
        match value.parse() {
            Ok(number) if range.contains(&number) => Ok(Some(number)),
            _ => Err(ApiError::invalid(
                name,
                format!(
                    "The value '{value}' is not valid: {name} must be an integer between {} and {}.",
                    range.start(),
                    range.end()
                ),
            )),
        }
    }

    /// The `filter`; an empty one is none.
    pub(crate) fn filter(&self) -> Result<Option<Filter>, ApiError> {
        filter(self.first("filter"))
    }
}

/// A filter that may be absent or empty.
pub(crate) fn filter(text: Option<&str>) -> Result<Option<Filter>, ApiError> {
    match text.filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => Filter::parse(text)
            .map(Some)
            .map_err(|e| ApiError::invalid("Filter", e.to_string())),
    }
}
