//! Text as the core has it: bytes in UTF-8.
//!
//! In here: the few questions that are asked of text in more than one place. Slices of bytes and not `str`, because
//! every position that is cut at is an ASCII character, and checking that costs more code than all of this. They are called
//! from everywhere, so that none is inlined: the wasm is measured in bytes.

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
#[inline(never)]
pub fn take<'a>(list: &mut &'a [u8], separator: u8) -> &'a [u8] {
    let (part, rest) = split_first(list, separator);
    *list = rest;
    part
}

/// The first text, or the second if the first is empty.
#[inline(never)]
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

/// Whether two texts are equal but for the case of ASCII letters.
#[inline(never)]
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// The place of a text on a list joined by commas.
#[inline(never)]
pub fn index_of(text: &[u8], list: &[u8], is_equal: fn(&[u8], &[u8]) -> bool) -> Option<usize> {
    let (mut rest, mut index) = (list, 0);
    while !rest.is_empty() {
        if is_equal(take(&mut rest, b','), text) {
            return Some(index);
        }
        index += 1;
    }
    None
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
#[inline(never)]
pub fn hex_byte(digits: &[u8]) -> Option<u8> {
    let mut byte = 0;
    for digit in digits.get(..2)? {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            b'A'..=b'F' => digit - b'A' + 10,
            _ => return None,
        };
        byte = byte << 4 | value;
    }
    Some(byte)
}

/// Takes the first byte off a percent-encoded text, decoded; an escape that is none stays as it is.
#[inline(never)]
pub fn take_decoded(text: &mut &[u8]) -> Option<u8> {
    let [first, rest @ ..] = *text else { return None };
    *text = rest;
    match hex_byte(rest) {
        Some(byte) if *first == b'%' => {
            *text = rest.get(2..).unwrap_or_default();
            Some(byte)
        }
        _ => Some(*first),
    }
}

/// The length in UTF-16 code units, in which the service counts.
pub fn utf16_length(text: &[u8]) -> usize {
    // Every byte but the following ones of a character, and the first one of four twice.
    let mut length = 0;
    for byte in text {
        length += usize::from(byte & 0xc0 != 0x80) + usize::from(*byte >= 0xf0);
    }
    length
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
