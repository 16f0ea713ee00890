//! Datasets of an organization: their columns and rows.

pub mod collector;
pub mod column;
pub mod dataset;
pub mod import;
pub mod query;
pub mod row;
