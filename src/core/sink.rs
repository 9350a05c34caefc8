//! The one output of the core: a cursor over memory that somebody else owns.
//!
//! In here: text, numbers, percent-encoding, JSON strings and base64, appended one behind the other. A sink that is
//! full drops what does not fit and remembers it ([`Sink::is_full`]): the caller gives more memory and starts again,
//! which is safe because the core keeps nothing. Not in here: what is written (everywhere else).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::given::{Given, Parameter, Place};
use super::text::is_one_of;

/// Appends to a slice of bytes.
pub struct Sink<'a> {
    space: &'a mut [u8],
    used: usize,
    full: bool,
}

impl<'a> Sink<'a> {
    /// An empty sink over this memory.
    pub fn new(space: &'a mut [u8]) -> Self {
        Self {
            space,
            used: 0,
            full: false,
        }
    }

    /// What was written so far.
    pub fn written(&self) -> &[u8] {
        self.since(0)
    }

    /// What was written since the sink had this length.
    pub fn since(&self, start: usize) -> &[u8] {
        self.space.get(start..self.used).unwrap_or_default()
    }

    /// How many bytes were written.
    pub fn len(&self) -> usize {
        self.used
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// Whether something did not fit, so that what was written is not whole.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Drops everything that was written.
    pub fn clear(&mut self) {
        self.used = 0;
        self.full = false;
    }

    /// Appends text or bytes as they are.
    #[inline(never)]
    pub fn text(&mut self, text: &[u8]) {
        let rest = self.space.get_mut(self.used..).unwrap_or_default();
        let (length, full) = copy(text, rest);
        self.keep(length, full);
    }

    /// Appends one byte.
    #[inline(never)]
    pub fn byte(&mut self, byte: u8) {
        match self.space.get_mut(self.used) {
            Some(to) => {
                *to = byte;
                self.used += 1;
            }
            None => self.full = true,
        }
    }

    /// Appends a text that is a field of its own.
    pub fn field(&mut self, text: &[u8]) {
        self.text(text);
        self.end_field();
    }

    /// Ends a field: no field that has another one behind it holds a zero byte.
    pub fn end_field(&mut self) {
        self.byte(0);
    }

    /// Appends again what was written from `start` to `end`.
    pub fn repeat(&mut self, start: usize, end: usize) {
        let (written, rest) = self.space.split_at_mut_checked(self.used).unwrap_or_default();
        let (length, full) = copy(written.get(start..end).unwrap_or_default(), rest);
        self.keep(length, full);
    }

    /// Appends a number in decimal digits.
    pub fn number(&mut self, number: u32) {
        if number > 9 {
            self.number(number / 10);
        }
        self.byte(b'0' + (number % 10) as u8);
    }

    /// Appends text in lower case.
    #[inline(never)]
    pub fn lower(&mut self, text: &[u8]) {
        for byte in text {
            self.byte(byte.to_ascii_lowercase());
        }
    }

    /// Appends text percent-encoded: all but the unreserved characters of RFC 3986, so that no URL parser has anything
    /// left to change and the audience of a token is the URL that arrives.
    #[inline(never)]
    pub fn encoded(&mut self, text: &[u8]) {
        for &byte in text {
            if byte.is_ascii_alphanumeric() || is_one_of(byte, b"-._~") {
                self.byte(byte);
            } else {
                self.byte(b'%');
                self.hex_digit(byte >> 4);
                self.hex_digit(byte & 15);
            }
        }
    }

    fn hex_digit(&mut self, digit: u8) {
        self.byte(if digit < 10 {
            b'0' + digit
        } else {
            b'A' - 10 + digit
        });
    }

    /// Appends text as a JSON string, in quotes.
    #[inline(never)]
    pub fn json(&mut self, text: &[u8]) {
        self.byte(b'"');
        let mut rest = text;
        // Runs of plain characters go out whole: a token is one long run.
        while let Some(at) = rest
            .iter()
            .position(|&byte| byte < b' ' || byte == b'"' || byte == b'\\')
        {
            let (plain, more) = rest.split_at_checked(at).unwrap_or_default();
            self.text(plain);
            let [special, more @ ..] = more else { break };
            if *special < b' ' {
                self.text(b"\\u00");
                self.hex_digit(special >> 4);
                self.hex_digit(special & 15);
            } else {
                self.byte(b'\\');
                self.byte(*special);
            }
            rest = more;
        }
        self.text(rest);
        self.byte(b'"');
    }

    /// Appends the name of a JSON member with its colon, and a comma before it unless it is the first of its object.
    pub fn member(&mut self, name: &str) {
        self.member_of(name.as_bytes());
    }

    /// The same with any text as the name.
    #[inline(never)]
    pub fn member_of(&mut self, name: &[u8]) {
        self.separate();
        self.json(name);
        self.byte(b':');
    }

    /// Appends a comma unless an object or a list was just opened.
    pub fn separate(&mut self) {
        if !matches!(self.written().last(), Some(b'{' | b'[')) {
            self.byte(b',');
        }
    }

    /// Appends a JSON member that is the list of all texts given for a parameter; without any only when `is_given`.
    pub fn member_list<'t>(
        &mut self,
        name: &str,
        is_given: bool,
        given: &impl Given<'t>,
        parameter: Parameter,
    ) {
        if !is_given && !given.has(parameter) {
            return;
        }
        self.member(name);
        self.byte(b'[');
        let mut place = Place::default();
        while let Some(text) = given.next(parameter, &mut place) {
            self.separate();
            self.json(text);
        }
        self.byte(b']');
    }

    /// Appends bytes as base64url without padding, as JWTs have it.
    pub fn base64url(&mut self, bytes: &[u8]) {
        // Always as many at once: the engine's loop for inputs of any length is larger than all the rest of it.
        let (whole, rest) = bytes.as_chunks();
        for chunk in whole {
            self.base64url_of(chunk, 16);
        }
        let mut last = [0; 12];
        if let Some(to) = last.get_mut(..rest.len()) {
            to.copy_from_slice(rest);
        }
        self.base64url_of(&last, (rest.len() * 4).div_ceil(3));
    }

    #[inline(never)]
    fn base64url_of(&mut self, bytes: &[u8; 12], length: usize) {
        let mut output = [0; 16];
        if URL_SAFE_NO_PAD.encode_slice(bytes, &mut output).is_ok() {
            self.text(output.get(..length).unwrap_or_default());
        }
    }

    /// Appends bytes as base64 with padding: the same but for two characters.
    pub fn base64(&mut self, bytes: &[u8]) {
        let start = self.used;
        self.base64url(bytes);
        for byte in self.space.get_mut(start..self.used).unwrap_or_default() {
            match byte {
                b'-' => *byte = b'+',
                b'_' => *byte = b'/',
                _ => {}
            }
        }
        while !(self.used - start).is_multiple_of(4) && !self.full {
            self.byte(b'=');
        }
    }

    /// What was written, and two empty sinks that share the memory behind it: one for what stays, which
    /// [`Sink::keep`] appends, and one for notes.
    pub fn split(&mut self) -> (&[u8], Sink<'_>, Sink<'_>) {
        let (written, rest) = self.space.split_at_mut_checked(self.used).unwrap_or_default();
        let half = rest.len() / 2;
        let (output, notes) = rest.split_at_mut_checked(half).unwrap_or_default();
        (written, Sink::new(output), Sink::new(notes))
    }

    /// Appends what was written to the memory behind, such as the first of the two sinks of [`Sink::split`]; `full` if
    /// something did not fit.
    pub fn keep(&mut self, length: usize, full: bool) {
        self.used += length;
        self.full |= full;
    }
}

/// Copies text to the start of the memory; returns its length, and whether it did not fit, which copies nothing.
fn copy(text: &[u8], memory: &mut [u8]) -> (usize, bool) {
    match memory.get_mut(..text.len()) {
        Some(to) => {
            to.copy_from_slice(text);
            (text.len(), false)
        }
        None => (0, true),
    }
}
