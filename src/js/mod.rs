//! The exports of the npm package, and how JavaScript values become ours and back.
//!
//! In here: thin bindings, each a few lines; every decision is made elsewhere in the crate. The classes that
//! users see are in `pkg/lib/`, because JavaScript alone can extend `Error`, make async iterators and await a
//! promise in the request that it belongs to; they hold one of these objects each. Not in here: the TypeScript types (`pkg/types/`).

mod client;
mod errors;
mod events;
mod policy;
mod text;

/// A small allocator: the one of the standard library is larger than most of this crate.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// A panic stops the instance at once. No panic is reachable; not wording them all saves a tenth of the size.
#[cfg(not(test))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
