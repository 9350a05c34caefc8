//! A type for every operation: it decides which options a [`Call`](super::Call) has, and what the call returns.
//!
//! In here: what the core's table says of each operation, as traits. Not in here: the table (`core/operation.rs`).

use super::transport::TransportResponse;
use crate::core::operation::{OperationKind, operations};

/// An operation, or another result of one.
pub trait CallKind: 'static {
    /// The operation.
    #[doc(hidden)]
    const KIND: OperationKind;
    /// What the call returns.
    type Output<R: TransportResponse>;
    /// Reads it from the response.
    #[doc(hidden)]
    fn output<R: TransportResponse>(response: R) -> Self::Output<R>;
}

/// The same operation, but its call returns the complete response: see [`Call::raw`](super::Call::raw).
#[derive(Debug)]
pub struct Raw<K>(core::marker::PhantomData<K>);

impl<K: CallKind> CallKind for Raw<K> {
    const KIND: OperationKind = K::KIND;
    type Output<R: TransportResponse> = R;

    fn output<R: TransportResponse>(response: R) -> R {
        response
    }
}

macro_rules! option_traits {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        pub trait $name {}
        impl<K: $name> $name for Raw<K> {}
    )*};
}

option_traits! {
    /// An operation that can leave connections out.
    TakesExcluded;
    /// An operation that accepts a filter over connections.
    TakesFilter;
    /// An operation that sends a message, with a TTL and metadata.
    TakesMessage;
    /// An operation that closes connections for a reason.
    TakesReason;
    /// An operation on a permission, which has a target.
    TakesTarget;
}

/// Makes a type of each row of the table.
macro_rules! operation_types {
    ($($kind:ident $name:literal $method:ident $path:literal $status:literal [$($takes:ident)*] $doc:literal;)*) => {$(
        #[doc = $doc]
        #[doc = concat!("\n\n`", stringify!($method), " ", $path, "`")]
        #[derive(Debug)]
        pub enum $kind {}

        $(takes!($takes $kind);)*
        output!($kind [$($takes)*]);
    )*};
}

/// The trait of an entry in the list of a row. Entries that are not options of a call have none.
macro_rules! takes {
    (EXCLUDED $kind:ident) => {
        impl TakesExcluded for $kind {}
    };
    (FILTER $kind:ident) => {
        impl TakesFilter for $kind {}
    };
    // Their filter is an argument, since they would reach every connection without one.
    (GROUPS $kind:ident) => {};
    (MESSAGE $kind:ident) => {
        impl TakesMessage for $kind {}
    };
    (REASON $kind:ident) => {
        impl TakesReason for $kind {}
    };
    (TARGET $kind:ident) => {
        impl TakesTarget for $kind {}
    };
    // Of every message.
    (TTL $kind:ident) => {};
    // Where 404 is an outcome, see `output`.
    (EXISTS $kind:ident) => {};
    // These have types of their own: `Connections` and `GetClientAccessToken`.
    (PAGE $kind:ident) => {};
    (TOKEN $kind:ident) => {};
}

/// What a call returns: whether it exists where 404 is an outcome, otherwise nothing.
macro_rules! output {
    ($kind:ident [EXISTS $($rest:ident)*]) => {
        impl CallKind for $kind {
            const KIND: OperationKind = OperationKind::$kind;
            type Output<R: TransportResponse> = bool;

            fn output<R: TransportResponse>(response: R) -> bool {
                response.status() != 404
            }
        }
    };
    ($kind:ident [$other:ident $($rest:ident)*]) => { output!($kind [$($rest)*]); };
    ($kind:ident []) => {
        impl CallKind for $kind {
            const KIND: OperationKind = OperationKind::$kind;
            type Output<R: TransportResponse> = ();

            fn output<R: TransportResponse>(_: R) {}
        }
    };
}

operations!(operation_types);
