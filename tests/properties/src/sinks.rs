use std::fmt::Debug;

use crate::core::sink::Sink;

/// More than any input of a test can lead to.
const MOST: usize = 1 << 26;

/// Runs a function of the core and gives what it wrote, with its result.
///
/// It runs with more and more memory until everything fits. With less it has to say so and stay within it; with more it has
/// to write the same.
pub(crate) fn written<T: PartialEq + Debug>(run: impl Fn(&mut Sink<'_>) -> T) -> (Vec<u8>, T) {
    let mut size = 64;
    loop {
        let (output, result, full) = run_with(size, &run);
        if !full {
            let (more, same, _) = run_with(size * 2 + 1, &run);
            assert_eq!(
                (&more, &same),
                (&output, &result),
                "more memory changes the output"
            );
            for less in [0, output.len() / 2, output.len().saturating_sub(1)] {
                let (_, _, full) = run_with(less, &run);
                assert!(
                    full || less >= output.len(),
                    "{less} bytes are too few for {}",
                    output.len()
                );
            }
            return (output, result);
        }
        size *= 4;
        assert!(size < MOST, "no memory is enough");
    }
}

fn run_with<T>(size: usize, run: impl Fn(&mut Sink<'_>) -> T) -> (Vec<u8>, T, bool) {
    let mut memory = vec![0xaa; size];
    let mut sink = Sink::new(&mut memory);
    let result = run(&mut sink);
    assert!(
        sink.len() <= size && sink.written().len() == sink.len(),
        "the length is wrong"
    );
    (sink.written().to_vec(), result, sink.is_full())
}

/// The same as text.
pub(crate) fn written_text<T: PartialEq + Debug>(run: impl Fn(&mut Sink<'_>) -> T) -> (String, T) {
    let (output, result) = written(run);
    let text = String::from_utf8(output).unwrap_or_else(|error| panic!("the output is not text: {error}"));
    (text, result)
}

/// The text of a function that cannot fail.
pub(crate) fn text_of(run: impl Fn(&mut Sink<'_>)) -> String {
    written_text(run).0
}
