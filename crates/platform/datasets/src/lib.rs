//! CSV and JSON files as typed rows: detection, reading, inference of types, typing and export.
//!
//! An import goes through a file twice. Both passes read chunks of bytes in their order, may stop
//! after any chunk, and resume from a [`Checkpoint`]:
//!
//! 1. [`detect`] looks at the beginning of the file and suggests a [`Source`]: format, delimiter,
//!    header. The first pass pushes all chunks into a [`Reader`] and shows every row to an
//!    [`Inference`], which then suggests the [`Column`]s with their formats and [`Hint`]s. What a
//!    person chooses ([`ImportChoices`]) overrides what is suggested.
//! 2. The second pass reads the rows again, and [`type_row`] makes [`Value`]s of each of them, or
//!    a [`BadRow`] with its physical line, the reason and the text of the row. A preview of what
//!    would not fit is the same pass without storing anything; [`Column::misfits`] names the
//!    lines after the first pass.
//!
//! The rules: types are inferred from all rows, never from a sample; a value that is not
//! understood stays text; a value that is typed keeps its meaning; no row is dropped silently.
//!
//! Does no I/O and reads no clock or randomness. Builds for wasm32-unknown-unknown.

mod classify;
mod column;
mod csv;
mod detect;
mod error;
mod export;
mod import;
mod infer;
mod json;
mod names;
mod number;
mod query;
mod reader;
mod record;
mod source;
mod stamp;
mod value;

pub use column::{Column, ColumnFormat, Hint, HintKind};
pub use detect::{Detection, JsonList, detect};
pub use error::FileError;
pub use export::{csv_header, csv_row, json_end, json_row, json_start};
pub use import::{
    Found, IMPORT_LIMITS, Numbering, Part, Reading, STEP_BYTES, StoredRows, Storing, with_types_of,
};
pub use infer::{Inference, Schema};
pub use names::unique_names;
pub use prox_types::{BadRow, ColumnChoice, ColumnType, DateOrder, Delimiter, ImportChoices};
pub use query::{BadQuery, Filter, MAX_FILTERS, MAX_SORTS, Op, Sort};
pub use reader::{Checkpoint, NextRow, ReadReport, Reader};
pub use record::{Cell, CellKind, Lines, Row};
pub use source::{Dialect, Limits, Note, Source};
pub use value::{Misfit, Value, type_row};
