//! Filters over connections, in the service's subset of OData.
//!
//! In here: a small typed builder, so that a value never turns into syntax. Not in here: literals (`core/filter.rs`);
//! parsing, which the service does.

use alloc::{format, string::String};
use core::fmt;

use crate::{bridge::write_text, core::filter::write_literal};

/// A filter over the connections of a hub.
///
/// ```
/// use webpubsub_edge::Filter;
/// let filter = Filter::user_id().starts_with("tenant-").and(!Filter::in_group("o'neil"));
/// assert_eq!(filter.to_string(), "startswith(userId,'tenant-') and not ('o''neil' in groups)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    text: String,
    binds: Binds,
}

/// How tightly an expression binds, to know where parentheses are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binds {
    Or,
    And,
    Comparison,
    Primary,
}

/// A property of a connection that a filter can test.
#[derive(Debug, Clone, Copy)]
pub struct Field(&'static str);

impl Filter {
    /// The user id; null for an anonymous connection.
    pub const fn user_id() -> Field {
        Field("userId")
    }

    /// The connection id.
    pub const fn connection_id() -> Field {
        Field("connectionId")
    }

    /// Connections that are in this group.
    pub fn in_group(group: &str) -> Self {
        Self::comparison(format!("{} in groups", quote(group)))
    }

    /// Connections that are in any group at all.
    pub fn in_any_group() -> Self {
        Self::comparison("length(groups) gt 0".into())
    }

    /// A filter given as text, unchanged: quote every value in it with [`quote`].
    pub fn raw(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            binds: Binds::Or,
        }
    }

    /// Connections that match both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let text = format!("{} and {}", self.within(Binds::And), other.within(Binds::And));
        Self {
            text,
            binds: Binds::And,
        }
    }

    /// Connections that match either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let text = format!("{} or {}", self.within(Binds::Or), other.within(Binds::Or));
        Self {
            text,
            binds: Binds::Or,
        }
    }

    /// The text, in parentheses if it binds less tightly than its context.
    fn within(self, around: Binds) -> String {
        if self.binds >= around {
            self.text
        } else {
            format!("({})", self.text)
        }
    }

    fn comparison(text: String) -> Self {
        Self {
            text,
            binds: Binds::Comparison,
        }
    }
}

/// `not` binds tighter than any comparison, so that a comparison gets parentheses.
impl core::ops::Not for Filter {
    type Output = Self;

    fn not(self) -> Self {
        Self {
            text: format!("not {}", self.within(Binds::Primary)),
            binds: Binds::Comparison,
        }
    }
}

impl Field {
    /// Equal to this text.
    pub fn eq(self, value: &str) -> Filter {
        Filter::comparison(format!("{} eq {}", self.0, quote(value)))
    }

    /// Not equal to this text.
    pub fn ne(self, value: &str) -> Filter {
        Filter::comparison(format!("{} ne {}", self.0, quote(value)))
    }

    /// Absent.
    pub fn is_null(self) -> Filter {
        Filter::comparison(format!("{} eq null", self.0))
    }

    /// One of these texts; an empty list matches nothing.
    pub fn is_in<S: AsRef<str>>(self, values: &[S]) -> Filter {
        let mut list = String::new();
        for value in values {
            if !list.is_empty() {
                list.push(',');
            }
            list.push_str(&quote(value.as_ref()));
        }
        // The grammar has no empty list.
        if list.is_empty() {
            return Filter {
                text: "false".into(),
                binds: Binds::Primary,
            };
        }
        Filter::comparison(format!("{} in ({list})", self.0))
    }

    /// Begins with this text.
    pub fn starts_with(self, value: &str) -> Filter {
        self.function("startswith", value)
    }

    /// Ends with this text.
    pub fn ends_with(self, value: &str) -> Filter {
        self.function("endswith", value)
    }

    /// Contains this text.
    pub fn contains(self, value: &str) -> Filter {
        self.function("contains", value)
    }

    fn function(self, name: &str, value: &str) -> Filter {
        Filter {
            text: format!("{name}({},{})", self.0, quote(value)),
            binds: Binds::Primary,
        }
    }
}

/// A text as a literal: in quotes, with the quotes in it doubled.
pub fn quote(text: &str) -> String {
    write_text(|sink| write_literal(text.as_bytes(), sink))
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<Filter> for String {
    fn from(filter: Filter) -> Self {
        filter.text
    }
}
