//! The port to the log.

/// Writes log lines.
pub trait Log: Send + Sync {
    /// Writes one JSON object, which must not contain personal data.
    fn write(&self, line: &str);
}
