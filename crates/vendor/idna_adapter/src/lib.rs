//! Stands in for the crate `idna_adapter`, which brings the tables of Unicode to `idna`, and
//! so to `url`: natively its version 1.2.2, in a worker 1.0.0, which has none. There the
//! runtime is asked first (`prox_integrations::unicode`), and what comes here is ASCII.
//!
//! Both are the published texts, less an assertion that `BÜCHER` fails in debug builds. Cargo
//! can have only one of them, for all targets alike.

#![no_std]

#[cfg(not(target_family = "wasm"))]
#[allow(deprecated, reason = "they are as published")]
mod tables;
#[cfg(not(target_family = "wasm"))]
pub use tables::*;

#[cfg(target_family = "wasm")]
mod without;
#[cfg(target_family = "wasm")]
pub use without::*;
