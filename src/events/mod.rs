//! The webhook side.
