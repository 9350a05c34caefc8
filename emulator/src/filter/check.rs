//! Types: what can be said before any connection is looked at.

use super::FilterError;
use super::syntax::{Comparison, Expr, Field, Function, Literal, Node};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Null,
    Bool,
    Int,
    Text,
    Collection,
}

/// A type; a nullable one can be null for an anonymous client.
#[derive(Debug, Clone, Copy)]
struct Type {
    kind: Kind,
    nullable: bool,
}

impl Type {
    const BOOL: Self = Self {
        kind: Kind::Bool,
        nullable: false,
    };

    fn of(kind: Kind, nullable: bool) -> Self {
        Self { kind, nullable }
    }

    fn is(self, kind: Kind) -> bool {
        self.kind == kind || self.kind == Kind::Null
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Text => "string",
            Self::Collection => "collection",
        }
    }
}

/// Refuses a filter that could never be a yes or a no.
pub(super) fn check(text: &str, node: &Node) -> Result<(), FilterError> {
    Checker { text }.bool(node, node)
}

struct Checker<'a> {
    text: &'a str,
}

impl Checker<'_> {
    fn type_of(&self, node: &Node) -> Result<Type, FilterError> {
        match &node.expr {
            Expr::Literal(Literal::Null) => Ok(Type::of(Kind::Null, true)),
            Expr::Literal(Literal::Bool(_)) => Ok(Type::BOOL),
            Expr::Literal(Literal::Int(_)) => Ok(Type::of(Kind::Int, false)),
            Expr::Literal(Literal::Text(_)) => Ok(Type::of(Kind::Text, false)),
            Expr::Field(Field::UserId | Field::Protocol) => Ok(Type::of(Kind::Text, true)),
            Expr::Field(Field::ConnectionId) => Ok(Type::of(Kind::Text, false)),
            Expr::Field(Field::Groups) => Ok(Type::of(Kind::Collection, false)),
            Expr::Unknown => Err(FilterError::syntax(self.text, node.end)),
            Expr::Call(function, arguments) => self.call(node, *function, arguments),
            Expr::Not(inner) => self.bool(node, inner).map(|()| Type::BOOL),
            Expr::And(parts) | Expr::Or(parts) => parts
                .iter()
                .try_for_each(|part| self.bool(node, part))
                .map(|()| Type::BOOL),
            Expr::InList(left, _) => self.type_of(left).map(|_| Type::BOOL),
            Expr::InCollection(left, right) => {
                self.type_of(left)?;
                self.expect(node, right, Kind::Collection).map(|_| Type::BOOL)
            }
            Expr::Compare(left, Comparison::Eq | Comparison::Ne, right) => {
                self.type_of(left)?;
                self.type_of(right).map(|_| Type::BOOL)
            }
            Expr::Compare(left, _, right) => {
                self.expect(node, left, Kind::Int)?;
                self.expect(node, right, Kind::Int).map(|_| Type::BOOL)
            }
        }
    }

    fn call(&self, node: &Node, function: Function, arguments: &[Node]) -> Result<Type, FilterError> {
        let mut nullable = false;
        for (position, argument) in arguments.iter().enumerate() {
            let found = match function {
                Function::Length => self.measurable(node, argument)?,
                Function::Substring if position > 0 => self.expect(node, argument, Kind::Int)?,
                _ => self.expect(node, argument, Kind::Text)?,
            };
            nullable |= found.nullable;
        }
        Ok(match function {
            Function::StartsWith | Function::EndsWith | Function::Contains => Type::BOOL,
            Function::IndexOf => Type::of(Kind::Int, false),
            Function::Length => Type::of(Kind::Int, nullable),
            _ => Type::of(Kind::Text, nullable),
        })
    }

    /// A condition. What may be null is reported as null, as the service reports it.
    fn bool(&self, whole: &Node, part: &Node) -> Result<(), FilterError> {
        match self.type_of(part)? {
            Type { kind: Kind::Bool, .. } => Ok(()),
            Type { nullable: true, .. } => Err(self.mismatch(whole, Kind::Null, Kind::Bool)),
            Type { kind, .. } => Err(self.mismatch(whole, kind, Kind::Bool)),
        }
    }

    fn measurable(&self, whole: &Node, part: &Node) -> Result<Type, FilterError> {
        let found = self.type_of(part)?;
        match found.is(Kind::Text) || found.is(Kind::Collection) {
            true => Ok(found),
            false => Err(self.mismatch(whole, found.kind, Kind::Text)),
        }
    }

    fn expect(&self, whole: &Node, part: &Node, kind: Kind) -> Result<Type, FilterError> {
        let found = self.type_of(part)?;
        match found.is(kind) {
            true => Ok(found),
            false => Err(self.mismatch(whole, found.kind, kind)),
        }
    }

    fn mismatch(&self, whole: &Node, found: Kind, expected: Kind) -> FilterError {
        FilterError::Type {
            part: self.text[whole.start..whole.end].to_owned(),
            found: found.name(),
            expected: expected.name(),
        }
    }
}
