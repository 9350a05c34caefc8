//! The one entry of the npm package: an operation's number and its arguments in, text out.
//!
//! In here: the memory that both sides share, and which function of the core an operation is. Nothing is kept between two
//! calls but that memory: the caller holds the keys and everything else. Not in here: any decision (`core/`), anything of
//! JavaScript's own (`pkg/src/`).
//!
//! The caller writes to [`address`] the lengths of its texts in UTF-16 code units, four bytes each and little endian, and
//! behind them the texts themselves in UTF-8, one after the other: no separator could do, because ids hold any character.
//! [`call`] writes its output behind the arguments: fields with a zero byte between them. An error has three: its class, its
//! code and its message.

#![expect(unreachable_pub, reason = "exports are public to JavaScript")]

mod arguments;
mod events;
mod service;
mod tokens;

use lol_alloc::FailAllocator;
use spin::Mutex;
use wasm_bindgen::prelude::*;

use crate::core::error::{Fault, Kind};
use crate::core::sink::Sink;
use arguments::Arguments;

/// wasm-bindgen links the alloc crate, which requires an allocator. Nothing allocates.
#[global_allocator]
static ALLOCATOR: FailAllocator = FailAllocator;

/// A panic stops the instance at once; none is reachable. The caller makes a new instance for its next call.
#[cfg(not(test))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// The most that arguments and output may take together, in bytes. The service would reject anything longer; bodies of
/// messages are not among the arguments.
const MEMORY_BYTES: usize = 1 << 20;

/// The most that arguments may take, so that there is room for an error.
const MAX_ARGUMENTS: usize = MEMORY_BYTES - 4096;

/// Arguments and output. The memory is there from the start, so that no allocator is needed.
static MEMORY: Mutex<[u8; MEMORY_BYTES]> = Mutex::new([0; MEMORY_BYTES]);

type Written = Result<(), Fault>;

/// The address of the memory for arguments and output. It never moves.
#[wasm_bindgen]
pub fn address() -> *mut u8 {
    MEMORY.lock().as_mut_ptr()
}

/// Runs an operation on `count` texts that take `length` bytes, the table of their lengths included; the first `ordered` are
/// in an order, the others have marks. Arguments that do not fit are announced by a `length` above [`MAX_ARGUMENTS`].
/// Returns the length of the output behind them, or its complement when it is an error.
#[wasm_bindgen]
pub fn call(operation: u32, ordered: usize, count: usize, length: usize) -> i32 {
    let mut memory = MEMORY.lock();
    let (input, output) = memory.split_at_mut_checked(length).unwrap_or_default();
    let mut sink = Sink::new(output);
    let mut result = run(operation, &Arguments::new(input, ordered, count), &mut sink);
    if sink.is_full() || length > MAX_ARGUMENTS {
        result = Err(Fault::InputTooLarge);
    }
    if let Err(fault) = result {
        sink.clear();
        write_fault(fault, &mut sink);
    }
    let length = sink.len() as i32;
    if result.is_ok() { length } else { !length }
}

/// The operations, in the order of `Operation` in `pkg/src/core.ts`.
fn run(operation: u32, arguments: &Arguments<'_>, sink: &mut Sink<'_>) -> Written {
    match operation {
        0 => service::client(arguments, sink),
        1 => service::operation(arguments, sink),
        2 => service::own_request(arguments, sink),
        3 => service::page(arguments, sink),
        4 => tokens::request_token(arguments, sink),
        5 => service::judge(arguments, sink),
        6 => service::failure(arguments, sink),
        7 => tokens::client_access(arguments, sink),
        8 => tokens::issued(arguments, sink),
        9 => service::redact(arguments, sink),
        10 => service::continuation_token(arguments, sink),
        11 => tokens::freshness(arguments, sink),
        12 => tokens::token_url(arguments, sink),
        13 => tokens::token_form(arguments, sink),
        14 => tokens::token_response(arguments, sink),
        15 => service::check(arguments),
        16 => service::literal(arguments, sink),
        17 => service::role(arguments, sink),
        18 => service::escaped_pattern(arguments, sink),
        19 => events::handler(arguments, sink),
        20 => events::verdict(arguments, sink),
        21 => events::refusal(arguments, sink),
        22 => events::acceptance(arguments, sink),
        23 => events::refused(arguments, sink),
        24 => events::reply(arguments, sink),
        25 => service::options(arguments, sink),
        26 => tokens::challenge(arguments, sink),
        _ => events::signature(arguments, sink),
    }
}

fn write_fault(fault: Fault, sink: &mut Sink<'_>) {
    sink.field(match fault.kind() {
        Kind::InvalidInput if fault.is_out_of_range() => b"RangeError",
        Kind::InvalidInput => b"TypeError",
        kind => kind.name(),
    });
    sink.text(fault.code_and_message());
}
