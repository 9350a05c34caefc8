//! The arguments of a call: texts in an order, then marked values.

use crate::core::given::{Given, Pair, Place};
use crate::core::text::{number, utf16_units};

/// The most texts that an operation has in an order.
const MAX: usize = 20;

/// Everything that an operation is given.
pub(super) struct Arguments<'a> {
    /// The texts that every call of the operation has; empty ones behind the last.
    pub(super) texts: [&'a [u8]; MAX],
    /// The values behind them.
    pub(super) given: Texts<'a>,
}

impl<'a> Arguments<'a> {
    /// `count` texts, of which the first `ordered` are in an order: the table of their lengths, and behind it the texts.
    pub(super) fn new(input: &'a [u8], ordered: usize, count: usize) -> Self {
        let (lengths, texts) = input.split_at_checked(4 * count).unwrap_or_default();
        let mut arguments = Self {
            texts: [b""; MAX],
            given: Texts {
                lengths,
                texts,
                is_ascii: false,
            },
        };
        let (mut rest, mut units) = (lengths, 0);
        while !rest.is_empty() {
            units += take_length(&mut rest);
        }
        arguments.given.is_ascii = units == texts.len();
        for text in arguments.texts.iter_mut().take(ordered) {
            *text = arguments.given.take();
        }
        arguments
    }
}

/// A list of texts.
#[derive(Clone, Copy)]
pub(super) struct Texts<'a> {
    /// Four bytes each, in UTF-16 code units.
    lengths: &'a [u8],
    texts: &'a [u8],
    /// Whether every code unit is one byte.
    is_ascii: bool,
}

impl<'a> Texts<'a> {
    /// Takes the first text off the list; empty when there is none.
    #[inline(never)]
    fn take(&mut self) -> &'a [u8] {
        let length = take_length(&mut self.lengths);
        let mut bytes = length;
        if !self.is_ascii {
            // Up to the first byte of the character behind the text.
            let mut units = 0;
            bytes = 0;
            for byte in self.texts {
                units += utf16_units(*byte);
                if units > length {
                    break;
                }
                bytes += 1;
            }
        }
        let (text, texts) = self.texts.split_at_checked(bytes).unwrap_or_default();
        self.texts = texts;
        text
    }

    /// Takes the first texts off the list, as a list of their own.
    pub(super) fn take_list(&mut self, count: usize) -> Self {
        let (lengths, texts, is_ascii) = (self.lengths, self.texts, self.is_ascii);
        for _ in 0..count.min(self.lengths.len() / 4) {
            self.take();
        }
        Self {
            lengths: lengths.get(..4 * count).unwrap_or_default(),
            texts,
            is_ascii,
        }
    }

    /// The text at a place, which moves on; none behind the last.
    pub(super) fn next_text(&self, place: &mut Place) -> Option<&'a [u8]> {
        let mut rest = Self {
            lengths: self.lengths.get(place.entry..).unwrap_or_default(),
            texts: self.texts.get(place.offset..).unwrap_or_default(),
            is_ascii: self.is_ascii,
        };
        if rest.lengths.is_empty() {
            return None;
        }
        let text = rest.take();
        place.entry += 4;
        place.offset += text.len();
        Some(text)
    }
}

/// Takes a little endian number of four bytes off a table; a rest that is shorter is 0, and taken as a whole.
fn take_length(table: &mut &[u8]) -> usize {
    let (first, rest) = table.split_first_chunk().unwrap_or((&[0; 4], b""));
    *table = rest;
    u32::from_le_bytes(*first) as usize
}

/// Values with their marks in front: a [`Parameter`](crate::core::given::Parameter) as a letter. The name of a pair has a
/// capital one, and its value is the text behind it.
impl<'a> Given<'a> for Texts<'a> {
    #[inline(never)]
    fn next_entry(&self, place: &mut Place) -> Option<(u8, Pair<'a>)> {
        let (mark, text) = self.next_text(place)?.split_first().unwrap_or((&0, b""));
        let value = match mark.is_ascii_uppercase() {
            true => self.next_text(place)?,
            false => b"",
        };
        Some((*mark, (text, value)))
    }
}

/// Whether a text is there.
pub(super) fn optional(text: &[u8]) -> Option<&[u8]> {
    (!text.is_empty()).then_some(text)
}

/// A status as the caller writes it; none for an empty text.
pub(super) fn status(text: &[u8]) -> Option<u16> {
    u16::try_from(number(text)).ok()
}
