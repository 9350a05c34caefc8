//! The shape of a parsed filter.

/// A part of a filter and where it stands in the text (byte offsets).
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) expr: Expr,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug, Clone)]
pub(super) enum Expr {
    Literal(Literal),
    Field(Field),
    /// A name that is no field. It is refused only when the rest makes sense, as on the service.
    Unknown,
    Call(Function, Vec<Node>),
    Not(Box<Node>),
    Compare(Box<Node>, Comparison, Box<Node>),
    InList(Box<Node>, Vec<Literal>),
    InCollection(Box<Node>, Box<Node>),
    /// Chains are flat, so that a long filter is not a deep one.
    And(Vec<Node>),
    Or(Vec<Node>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    UserId,
    ConnectionId,
    Groups,
    Protocol,
}

impl Field {
    /// Names ignore letter case.
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "userid" => Some(Self::UserId),
            "connectionid" => Some(Self::ConnectionId),
            "groups" => Some(Self::Groups),
            "protocol" => Some(Self::Protocol),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

impl Comparison {
    pub(super) fn parse(word: &str) -> Option<Self> {
        match word {
            "eq" => Some(Self::Eq),
            "ne" => Some(Self::Ne),
            "gt" => Some(Self::Gt),
            "ge" => Some(Self::Ge),
            "lt" => Some(Self::Lt),
            "le" => Some(Self::Le),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    ToLower,
    ToUpper,
    Trim,
    Substring,
    Concat,
    StartsWith,
    EndsWith,
    Contains,
    IndexOf,
    Length,
}

impl Function {
    /// Names ignore letter case.
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "tolower" => Some(Self::ToLower),
            "toupper" => Some(Self::ToUpper),
            "trim" => Some(Self::Trim),
            "substring" => Some(Self::Substring),
            "concat" => Some(Self::Concat),
            "startswith" => Some(Self::StartsWith),
            "endswith" => Some(Self::EndsWith),
            "contains" => Some(Self::Contains),
            "indexof" => Some(Self::IndexOf),
            "length" => Some(Self::Length),
            _ => None,
        }
    }

    /// The fewest and the most arguments.
    pub(super) fn arity(self) -> (usize, usize) {
        match self {
            Self::ToLower | Self::ToUpper | Self::Trim | Self::Length => (1, 1),
            Self::Concat | Self::StartsWith | Self::EndsWith | Self::Contains | Self::IndexOf => (2, 2),
            Self::Substring => (2, 3),
        }
    }
}
