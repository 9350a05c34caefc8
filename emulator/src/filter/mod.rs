//! The OData filter language of sends and group changes: which connections an operation reaches.
//!
//! A filter is parsed and type-checked once and can then be asked about any connection:
//!
//! ```
//! use webpubsub_emulator::filter::{Filter, Subject};
//!
//! let filter = Filter::parse("userId ne null and 'room' in groups")?;
//! let groups = ["room"].into();
//! assert!(filter.matches(&Subject { user_id: Some("ann"), connection_id: "c1", protocol: None, groups: &groups }));
//! # Ok::<(), webpubsub_emulator::filter::FilterError>(())
//! ```
//!
//! Known names: `userId` (null for anonymous clients), `connectionId`, `groups`, `protocol` (null for simple clients). Operators: `eq ne gt ge lt
//! le in and or not`. Functions: `tolower toupper trim substring concat startswith endswith contains
//! indexof length`. `not` binds tighter than a comparison, as on the service: write
//! `not (length(userId) gt 5)`.

mod check;
mod eval;
mod lexer;
mod parser;
mod syntax;

use std::collections::BTreeSet;

use syntax::Node;

/// A filter that has been parsed and type-checked.
#[derive(Debug, Clone)]
pub struct Filter(Node);

/// What a filter is asked about: one connection.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The user, or `None` for an anonymous client.
    pub user_id: Option<&'a str>,
    /// The connection's id.
    pub connection_id: &'a str,
    /// The subprotocol that the client speaks, or `None` for a simple client.
    pub protocol: Option<&'a str>,
    /// The groups that the connection is in.
    pub groups: &'a BTreeSet<&'a str>,
}

/// A filter that cannot be used; the message is worded as the service words it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// The text is not a filter; `position` counts characters from 0 and is where the service has read to: behind the
    /// word or sign that makes no sense.
    #[error(
        "Invalid syntax for '{text}': Syntax error at position {position} in '{text}'. (Parameter 'filter')"
    )]
    Syntax {
        /// The whole filter.
        text: String,
        /// Where reading stopped.
        position: usize,
    },
    /// A part has the wrong type.
    #[error("Invalid syntax for '{part}': Type '{found}', expect '{expected}'. (Parameter 'filter')")]
    Type {
        /// The part that expects something else.
        part: String,
        /// The type found.
        found: &'static str,
        /// The type expected.
        expected: &'static str,
    },
}

impl FilterError {
    /// A syntax error at a byte offset.
    fn syntax(text: &str, at: usize) -> Self {
        let read = text.get(..at).unwrap_or(text);
        Self::Syntax {
            text: text.to_owned(),
            position: read.chars().count(),
        }
    }
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// When the text is not a filter, or when a part of it has the wrong type.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let node = parser::parse(text)?;
        check::check(text, &node)?;
        Ok(Self(node))
    }

    /// Whether a connection is reached.
    #[must_use]
    pub fn matches(&self, subject: &Subject<'_>) -> bool {
        eval::is_true(&self.0, subject)
    }
}
