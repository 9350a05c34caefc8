//! Text as the core has it: bytes in UTF-8.
//!
//! In here: the few questions that are asked of text in more than one place. Slices of bytes and not `str`, because
//! every position that is cut at is an ASCII character, and checking that costs more code than all of this. They are called
//! from everywhere, so that most are never inlined: the wasm is measured in bytes.

/// The text before and behind the first `separator`.
#[inline(never)]
pub fn cut(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|byte| *byte == separator)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The first part of a list, and the list behind it.
#[inline(never)]
pub fn split_first(list: &[u8], separator: u8) -> (&[u8], &[u8]) {
    cut(list, separator).unwrap_or((list, b""))
}

/// Takes the first part off a list. Loops end when the list is empty.
pub fn take<'a>(list: &mut &'a [u8], separator: u8) -> &'a [u8] {
    let (part, rest) = split_first(list, separator);
    *list = rest;
    part
}

/// The first text, or the second if the first is empty.
pub fn either<'a>(first: &'a [u8], second: &'a [u8]) -> &'a [u8] {
    if first.is_empty() { second } else { first }
}

/// What is behind a prefix, in any letter case.
#[inline(never)]
pub fn strip_prefix_same<'a>(text: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    same(start, prefix).then_some(rest)
}

/// Whether two texts are equal.
#[inline(never)]
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    a == b
}

/// Whether a segment of a path is `.` or `..`, which URL parsers fold away.
#[inline(never)]
pub fn is_dots(segment: &[u8]) -> bool {
    matches!(segment, b"." | b"..")
}

/// Whether two texts are equal but for the case of ASCII letters.
#[inline(never)]
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// The place of a text on a list joined by commas.
pub fn index_of(text: &[u8], list: &[u8], is_equal: fn(&[u8], &[u8]) -> bool) -> Option<usize> {
    some(position(text, list, is_equal))
}

/// The same, or [`NONE`].
#[inline(never)]
fn position(text: &[u8], list: &[u8], is_equal: fn(&[u8], &[u8]) -> bool) -> u32 {
    let (mut rest, mut index) = (list, 0);
    while !rest.is_empty() {
        if is_equal(take(&mut rest, b','), text) {
            return index;
        }
        index += 1;
    }
    NONE
}

/// What functions return instead of a number when there is none. An `Option` takes two numbers, which wasm returns by way of
/// the memory, so that each call would be longer.
pub(super) const NONE: u32 = u32::MAX;

/// A number that is not [`NONE`], in the caller's type.
pub(super) fn some<T: TryFrom<u32>>(number: u32) -> Option<T> {
    if number == NONE { None } else { T::try_from(number).ok() }
}

/// The text at a place of a list; empty behind its end.
#[inline(never)]
pub fn nth(list: &'static str, separator: u8, index: usize) -> &'static [u8] {
    let (mut rest, mut left) = (list.as_bytes(), index);
    while left > 0 {
        take(&mut rest, separator);
        left -= 1;
    }
    take(&mut rest, separator)
}

/// A text of the core's own tables as a string.
pub fn as_str(text: &'static [u8]) -> &'static str {
    core::str::from_utf8(text).unwrap_or_default()
}

/// Whether every byte is a letter, a digit or one of these.
#[inline(never)]
pub fn is_made_of(text: &[u8], others: &[u8]) -> bool {
    text.iter()
        .all(|byte| byte.is_ascii_alphanumeric() || is_one_of(*byte, others))
}

/// Whether a byte is one of these.
#[inline(never)]
pub fn is_one_of(byte: u8, set: &[u8]) -> bool {
    for other in set {
        if *other == byte {
            return true;
        }
    }
    false
}

/// Whether a text has one of these bytes.
#[inline(never)]
pub fn has_one_of(text: &[u8], set: &[u8]) -> bool {
    text.iter().any(|byte| is_one_of(*byte, set))
}

/// What [`number`] gives for a text that is no number.
pub const NO_NUMBER: u32 = u32::MAX;

/// A number in plain decimal digits; one that is too large counts as the largest but [`NO_NUMBER`]. No limit allows either.
#[inline(never)]
pub fn number(text: &[u8]) -> u32 {
    let mut number = 0;
    for byte in text {
        let digit = u32::from(byte.wrapping_sub(b'0'));
        if digit > 9 {
            return NO_NUMBER;
        }
        number = if number > NO_NUMBER / 10 - 1 {
            NO_NUMBER - 1
        } else {
            number * 10 + digit
        };
    }
    if text.is_empty() { NO_NUMBER } else { number }
}

/// The byte that two hexadecimal digits stand for.
pub fn hex_byte(digits: &[u8]) -> Option<u8> {
    some(hex_number(digits))
}

/// The same, or [`NONE`].
#[inline(never)]
fn hex_number(digits: &[u8]) -> u32 {
    let [high, low, ..] = *digits else { return NONE };
    match (char::from(high).to_digit(16), char::from(low).to_digit(16)) {
        (Some(high), Some(low)) => high << 4 | low,
        _ => NONE,
    }
}

/// Takes the first byte off a percent-encoded text, decoded; an escape that is none stays as it is.
pub fn take_decoded(text: &mut &[u8]) -> Option<u8> {
    some(take_code(text))
}

/// The same, or [`NONE`].
#[inline(never)]
fn take_code(text: &mut &[u8]) -> u32 {
    let [first, rest @ ..] = *text else { return NONE };
    *text = rest;
    let byte = hex_number(rest);
    if *first == b'%' && byte != NONE {
        *text = rest.get(2..).unwrap_or_default();
        return byte;
    }
    (*first).into()
}

/// The length in UTF-16 code units, in which the service counts.
pub fn utf16_length(text: &[u8]) -> usize {
    let mut length = 0;
    for byte in text {
        length += utf16_units(*byte);
    }
    length
}

/// How many UTF-16 code units begin at a byte: one at the first byte of a character, two when it has four, none at the
/// others.
pub fn utf16_units(byte: u8) -> usize {
    usize::from(byte & 0xc0 != 0x80) + usize::from(byte >= 0xf0)
}

/// White space, as Unicode defines it.
const BLANKS: &[u8] =
    " ,\t,\n,\u{b},\u{c},\r,\u{85},\u{a0},\u{1680},\u{2000},\u{2001},\u{2002},\u{2003},\u{2004},\u{2005},\
    \u{2006},\u{2007},\u{2008},\u{2009},\u{200a},\u{2028},\u{2029},\u{202f},\u{205f},\u{3000}"
        .as_bytes();

/// Whether there is nothing but white space.
pub fn is_blank(text: &[u8]) -> bool {
    // Most texts begin with a character that one can see.
    if text.first().is_some_and(u8::is_ascii_graphic) {
        return false;
    }
    let mut rest = text;
    while !rest.is_empty() {
        let (mut blanks, before) = (BLANKS, rest.len());
        while !blanks.is_empty() {
            rest = rest.strip_prefix(take(&mut blanks, b',')).unwrap_or(rest);
        }
        if rest.len() == before {
            return false;
        }
    }
    true
}

/// Whether a value arrives unchanged in a header: blanks at its ends would be trimmed.
#[inline(never)]
pub fn is_trimmed(text: &[u8]) -> bool {
    text.trim_ascii().len() == text.len()
}

/// Whether the text is a token of HTTP, as names of headers are.
#[inline(never)]
pub fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && is_made_of(text, b"!#$%&'*+-.^_`|~")
}
