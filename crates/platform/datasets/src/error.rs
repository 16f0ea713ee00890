//! Why a whole file cannot be imported.

/// An error that ends the import of a file. The message says what is wrong and what to do.
///
/// What is wrong with one row only is a [`BadRow`](crate::BadRow) instead. Lines are physical
/// lines of the file, from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// The file has no bytes, or only blank lines.
    #[error("This file is empty.")]
    Empty,
    /// The file begins with the byte order mark of UTF-16, or has its zero bytes.
    #[error(
        "This file is encoded as UTF-16. Save it as UTF-8 (in Excel: “CSV UTF-8”), and import it again."
    )]
    Utf16,
    /// A line holds bytes that are not UTF-8.
    #[error(
        "Line {line} is not UTF-8. Save the file as UTF-8 (in Excel: “CSV UTF-8”), and import it again."
    )]
    NotUtf8 {
        /// The first such line.
        line: u64,
    },
    /// The file is a known format that is neither CSV nor JSON.
    #[error("This file is {kind}, not CSV or JSON. Save it as CSV UTF-8, and import it again.")]
    NotText {
        /// What the file is, with its article.
        kind: &'static str,
    },
    /// A header, a first row or the keys of the JSON objects name too many columns.
    #[error(
        "Line {line} has more than {limit} columns. Remove columns, or choose another delimiter."
    )]
    TooManyColumns {
        /// The line where the limit is exceeded.
        line: u64,
        /// The greatest number of columns.
        limit: usize,
    },
    /// The file has too many rows.
    #[error("This file has more than {limit} rows. Split it, and import the parts.")]
    TooManyRows {
        /// The greatest number of rows.
        limit: u64,
    },
    /// The file has too many bytes.
    #[error("This file is larger than {} MB. Split it, and import the parts.", limit / 1_000_000)]
    TooManyBytes {
        /// The greatest number of bytes.
        limit: u64,
    },
    /// A row has too many bytes.
    #[error("The row on line {line} is longer than {} kB.", limit / 1000)]
    RowTooLong {
        /// The line where the row begins.
        line: u64,
        /// The greatest number of bytes of a row.
        limit: usize,
    },
    /// A quoted cell has no closing quote in the rest of the file, or of the longest row.
    #[error(
        "The quote that opens on line {line} is never closed. Close or remove it, and import the file again."
    )]
    UnclosedQuote {
        /// The line of the opening quote.
        line: u64,
    },
    /// The header row cannot be read.
    #[error("The header on line {line} cannot be read: {reason}")]
    Header {
        /// The line of the header.
        line: u64,
        /// A sentence.
        reason: String,
    },
    /// The file is not JSON outside of its rows.
    #[error("Line {line} is not valid JSON: {reason}")]
    Json {
        /// The line of the mistake.
        line: u64,
        /// A sentence.
        reason: &'static str,
    },
    /// The file ends inside of a row or of the list of rows.
    #[error("The file ends too early: what begins on line {line} is never closed.")]
    Truncated {
        /// The line where the row or the list begins.
        line: u64,
    },
    /// A JSON object without a list of objects.
    #[error(
        "This JSON file holds no list of objects. Rows are objects, such as [{{\"name\": \"Ada\"}}]."
    )]
    NoList,
}
