//! Search: the words of a text, the words of a query, and the order of what matches.
//!
//! Postgres stores the lexemes of [`lexemes`] and finds rows by the [`Match`] of a [`Query`]. What it
//! returns is ordered and highlighted here, by [`rank`]. Postgres' own text search is not used to split
//! texts, because its results depend on the locale of the database, and it neither splits Chinese nor
//! keeps `c++`. See `docs/decisions/0022-search-by-our-own-lexemes.md`.

mod fold;
pub mod lexemes;
pub mod query;
pub mod rank;
mod words;

#[cfg(test)]
mod tests;

pub use fold::Normalize;
pub use query::{Match, Query, Term};
