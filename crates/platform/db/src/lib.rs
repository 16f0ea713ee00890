//! Every SQL statement, as a value with its parameters, its scope and the type of its answer;
//! and the connection that runs them.
//!
//! One statement is one round trip and returns one row: authorization, data, outbox and
//! sequence are one CTE. Nothing here returns a driver row, and no statement runs without a
//! scope that the caller can name.

mod answer;
mod client;
mod error;
mod frame;
mod parameter;
mod sql;
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
