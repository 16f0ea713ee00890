//! Datasets of an organization: their columns and rows.

pub mod column;
pub mod dataset;
pub mod row;
