//! `prox.yaml`: reading it, and telling everything that is wrong with it at once.

pub mod model;
