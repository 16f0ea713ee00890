//! The SQL. Owns every statement, as a value that carries its parameters, the
//! scope it needs and the shape it answers; and the one connection type.
//!
//! One statement is one flight and answers one row: authorization, data, outbox
//! and sequence are one CTE. Never returns a driver row, and never runs a
//! statement whose scope the caller could not name.

mod answer;
mod client;
mod error;
mod statement;

pub mod identity;
pub mod instances;
pub mod spaces;
pub mod system;

pub use answer::Answer;
pub use client::{Client, StatementError};
pub use error::DbError;
pub use identity::{account, member, organization};
pub use instances::{connector, event, instance};
pub use spaces::{domain, item, public, space};
pub use statement::{
    Access, Actor, Actors, Anonymous, Bound, Erased, Idempotency, OrganizationPoke, PageOf, Scope,
    Shape, Statement, Tenant, Tenants,
};
