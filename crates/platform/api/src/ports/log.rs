//! The log.

/// Takes log lines.
pub trait Log: Send + Sync {
    /// One JSON object, without personal data.
    fn write(&self, line: &serde_json::Value);
}
