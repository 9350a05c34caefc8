//! What stands between owned values of Rust and the core, which has no heap.
//!
//! In here: the list of options that the core reads ([`Values`]), the buffer that it writes to ([`write`]), and the units
//! in which it counts time. Not in here: any decision (`core/`), errors (`error.rs`).

use alloc::{string::String, vec, vec::Vec};
use core::time::Duration;

use crate::core::{
    error::Fault,
    given::{Given, Pair, Parameter, Place},
    sink::Sink,
};

/// The size of the first buffer, in bytes: enough for the URL of most requests.
const FIRST_BUFFER: usize = 512;

/// Runs a function of the core and gives what it wrote, with its result. A buffer that is too small is doubled and the
/// function runs again, which is safe because the core keeps nothing.
pub(crate) fn write<T>(run: impl Fn(&mut Sink<'_>) -> Result<T, Fault>) -> Result<(String, T), Fault> {
    let mut buffer = vec![0; FIRST_BUFFER];
    loop {
        let mut sink = Sink::new(&mut buffer);
        let result = run(&mut sink);
        if !sink.is_full() {
            let length = sink.len();
            buffer.truncate(length);
            return result.map(|value| (owned_text(buffer), value));
        }
        buffer = vec![0; 2 * buffer.len()];
    }
}

/// The same for a function that cannot fail.
pub(crate) fn write_text(run: impl Fn(&mut Sink<'_>)) -> String {
    let written = write(|sink| {
        run(sink);
        Ok(())
    });
    written.map(|(text, ())| text).unwrap_or_default()
}

/// Bytes that the core wrote as text. They are UTF-8 unless the service percent-encoded something else.
fn owned_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Bytes of the core, which are text, as such.
pub(crate) fn text(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).unwrap_or_default()
}

/// Options of a call as the core reads them: for each a parameter and a text, or the name and the value of a pair.
#[derive(Debug, Clone, Default)]
pub(crate) struct Values(Vec<(Parameter, String, String)>);

impl Values {
    /// Adds a value.
    pub(crate) fn push(&mut self, parameter: Parameter, text: impl Into<String>) {
        self.push_pair(parameter, text, String::new());
    }

    /// Adds a pair.
    pub(crate) fn push_pair(
        &mut self,
        parameter: Parameter,
        name: impl Into<String>,
        value: impl Into<String>,
    ) {
        self.0.push((parameter, name.into(), value.into()));
    }

    /// Replaces every value of a parameter.
    pub(crate) fn set<S: Into<String>>(&mut self, parameter: Parameter, texts: impl IntoIterator<Item = S>) {
        self.0.retain(|(known, ..)| *known != parameter);
        for text in texts {
            self.push(parameter, text);
        }
    }
}

impl<'a> Given<'a> for &'a Values {
    fn next_entry(&self, place: &mut Place) -> Option<(u8, Pair<'a>)> {
        let values: &'a Values = self;
        let (parameter, name, value) = values.0.get(place.entry)?;
        place.entry += 1;
        Some((*parameter as u8, (name.as_bytes(), value.as_bytes())))
    }
}

/// Time since 1970 in the core's unit, whole seconds.
pub(crate) fn seconds(time: Duration) -> u32 {
    u32::try_from(time.as_secs()).unwrap_or(u32::MAX)
}

/// A delay in the core's unit, whole milliseconds.
pub(crate) fn milliseconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}
