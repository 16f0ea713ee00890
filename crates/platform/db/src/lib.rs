//! Every SQL statement as a value with its parameters, its scope and the type of its answer, and
//! the connection that runs them.
//!
//! A statement is one round trip and returns one row: authorization, data, outbox and sequence
//! number are CTEs of one query. No function returns a row of the driver, and every statement needs
//! its scope.

mod answer;
mod client;
mod error;
mod frame;
mod parameter;
mod sql;
mod statement;

pub mod datasets;
pub mod identity;
pub mod instances;
pub mod search;
pub mod spaces;
pub mod system;

pub use answer::Answer;
pub use client::{Client, Connection, StatementError};
pub use datasets::{collector, column, dataset, import, query, row};
pub use error::DbError;
pub use identity::{account, member, notification, organization, preference, workspace};
pub use instances::{connector, event, instance};
pub use spaces::{
    domain, exposure, feed, grant, health, icon, item, picture, public, share_link, space, watch,
};
pub use statement::{
    Access, Actor, Actors, Anonymous, Bound, Erased, Idempotency, Least, OrganizationPoke, PageOf,
    Participants, Scope, Shape, Statement, Tenant, Tenants, Viewers,
};
