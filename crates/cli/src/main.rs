//! The `prox` binary.

fn main() {}
