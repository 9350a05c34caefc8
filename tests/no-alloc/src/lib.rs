//! Proves that the core needs no allocator: this library has none, and links.
#![no_std]
#![allow(dead_code, unused_imports, reason = "the faces use what is unused here")]

#[path = "../../../src/core/mod.rs"]
pub mod core;

#[panic_handler]
fn panic(_: &::core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
