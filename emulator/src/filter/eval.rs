//! The value of a filter for one connection. Lengths and positions count UTF-16 units, as on the service.

use std::borrow::Cow;

use super::Subject;
use super::syntax::{Comparison, Expr, Field, Function, Literal, Node};

/// A value; texts are borrowed where they can be.
#[derive(Debug, Clone, PartialEq)]
enum Value<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Text(Cow<'a, str>),
    Groups,
}

/// Whether a condition holds; the type check has made sure that it is one.
pub(super) fn is_true(node: &Node, subject: &Subject<'_>) -> bool {
    value(node, subject) == Value::Bool(true)
}

fn value<'a>(node: &'a Node, subject: &Subject<'a>) -> Value<'a> {
    match &node.expr {
        Expr::Literal(literal) => of_literal(literal),
        Expr::Field(Field::UserId) => subject
            .user_id
            .map_or(Value::Null, |user| Value::Text(user.into())),
        Expr::Field(Field::ConnectionId) => Value::Text(subject.connection_id.into()),
        Expr::Field(Field::Groups) => Value::Groups,
        Expr::Field(Field::Protocol) => subject
            .protocol
            .map_or(Value::Null, |protocol| Value::Text(protocol.into())),
        // The type check refuses it.
        Expr::Unknown => Value::Null,
        Expr::Call(function, arguments) => call(*function, arguments, subject),
        Expr::Not(inner) => Value::Bool(!is_true(inner, subject)),
        Expr::And(parts) => Value::Bool(parts.iter().all(|part| is_true(part, subject))),
        Expr::Or(parts) => Value::Bool(parts.iter().any(|part| is_true(part, subject))),
        Expr::Compare(left, operator, right) => {
            Value::Bool(compare(&value(left, subject), *operator, &value(right, subject)))
        }
        Expr::InList(left, items) => {
            let left = value(left, subject);
            Value::Bool(items.iter().any(|item| of_literal(item) == left))
        }
        Expr::InCollection(left, right) => Value::Bool(match (value(left, subject), value(right, subject)) {
            (Value::Text(group), Value::Groups) => subject.groups.contains(group.as_ref()),
            _ => false,
        }),
    }
}

fn of_literal(literal: &Literal) -> Value<'_> {
    match literal {
        Literal::Null => Value::Null,
        Literal::Bool(bool) => Value::Bool(*bool),
        Literal::Int(int) => Value::Int(*int),
        Literal::Text(text) => Value::Text(text.into()),
    }
}

/// Order exists among integers only; null is neither before nor after anything.
fn compare(left: &Value<'_>, operator: Comparison, right: &Value<'_>) -> bool {
    match (operator, left, right) {
        (Comparison::Eq, ..) => left == right,
        (Comparison::Ne, ..) => left != right,
        (Comparison::Gt, Value::Int(a), Value::Int(b)) => a > b,
        (Comparison::Ge, Value::Int(a), Value::Int(b)) => a >= b,
        (Comparison::Lt, Value::Int(a), Value::Int(b)) => a < b,
        (Comparison::Le, Value::Int(a), Value::Int(b)) => a <= b,
        _ => false,
    }
}

fn call<'a>(function: Function, arguments: &'a [Node], subject: &Subject<'a>) -> Value<'a> {
    let mut values: Vec<Value<'a>> = arguments
        .iter()
        .map(|argument| value(argument, subject))
        .collect();
    let texts = match values.as_slice() {
        [Value::Text(a), Value::Text(b), ..] => Some((a.as_ref(), b.as_ref())),
        _ => None,
    };
    match function {
        Function::StartsWith => Value::Bool(texts.is_some_and(|(text, part)| text.starts_with(part))),
        Function::EndsWith => Value::Bool(texts.is_some_and(|(text, part)| text.ends_with(part))),
        Function::Contains => Value::Bool(texts.is_some_and(|(text, part)| text.contains(part))),
        Function::IndexOf => Value::Int(texts.and_then(|(text, part)| index_of(text, part)).unwrap_or(-1)),
        Function::Concat => texts.map_or(Value::Null, |(a, b)| Value::Text(format!("{a}{b}").into())),
        Function::Substring => substring(&values),
        Function::Length if values == [Value::Groups] => Value::Int(subject.groups.len() as i64),
        Function::Length => map_text(values.pop(), |text| Value::Int(utf16_length(&text))),
        Function::ToLower => map_text(values.pop(), |text| Value::Text(text.to_lowercase().into())),
        Function::ToUpper => map_text(values.pop(), |text| Value::Text(text.to_uppercase().into())),
        Function::Trim => map_text(values.pop(), |text| Value::Text(text.trim().to_owned().into())),
    }
}

/// Null stays null.
fn map_text<'a>(value: Option<Value<'a>>, map: impl Fn(Cow<'a, str>) -> Value<'a>) -> Value<'a> {
    match value {
        Some(Value::Text(text)) => map(text),
        _ => Value::Null,
    }
}

/// What lies outside the text is left out.
fn substring<'a>(values: &[Value<'a>]) -> Value<'a> {
    let (Some(Value::Text(text)), Some(Value::Int(start))) = (values.first(), values.get(1)) else {
        return Value::Null;
    };
    let length = match values.get(2) {
        None => usize::MAX,
        Some(Value::Int(length)) => usize::try_from(*length).unwrap_or(0),
        Some(_) => return Value::Null,
    };
    let start = usize::try_from(*start).unwrap_or(0);
    let units: Vec<u16> = text.encode_utf16().skip(start).take(length).collect();
    Value::Text(String::from_utf16_lossy(&units).into())
}

fn index_of(text: &str, part: &str) -> Option<i64> {
    text.find(part).map(|at| utf16_length(&text[..at]))
}

fn utf16_length(text: &str) -> i64 {
    text.encode_utf16().count() as i64
}
