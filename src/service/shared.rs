//! Shared mutable values.
//!
//! In here: the difference between hosts with threads and hosts without. Values are copied out, so that no lock is held
//! while anybody waits.

#[cfg(target_arch = "wasm32")]
use core::cell::RefCell as Cell;
#[cfg(not(target_arch = "wasm32"))]
use std::sync::Mutex as Cell;

/// A shared mutable value.
pub(super) struct Shared<T>(Cell<T>);

impl<T: Clone> Shared<T> {
    pub(super) fn new(value: T) -> Self {
        Self(Cell::new(value))
    }

    #[cfg(target_arch = "wasm32")]
    pub(super) fn get(&self) -> T {
        self.0.borrow().clone()
    }

    #[cfg(target_arch = "wasm32")]
    pub(super) fn update<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        change(&mut self.0.borrow_mut())
    }

    // A lock is poisoned only by a panic while it is held, and nothing here panics between two assignments.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn get(&self) -> T {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn update<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        change(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}
