//! Datasets of an organization: their columns and rows.

pub mod column;
pub mod dataset;
pub mod query;
pub mod row;
