//! The SQL. Owns every statement, as a value that carries its parameters, the
//! scope it needs and the shape it answers; and the one connection type.
//!
//! One statement is one flight and answers one row: authorization, data, outbox
//! and sequence are one CTE. Never returns a driver row, and never runs a
//! statement whose scope the caller could not name.

mod client;
mod error;
mod statement;

pub mod account;
pub mod connector;
pub mod domain;
pub mod event;
pub mod instance;
pub mod item;
pub mod member;
pub mod operations;
pub mod organization;
pub mod public;
pub mod space;

pub use client::{Answer, Client, NotDone};
pub use error::DbError;
pub use statement::{
    Actor, Actors, Bound, Deed, Erased, Nobody, Once, OrganizationPoke, PageOf, Scope, Shape,
    Statement, Tenant, Tenants,
};
