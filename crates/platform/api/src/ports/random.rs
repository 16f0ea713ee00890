//! The port to the source of randomness.

/// A source of randomness that is fit for secrets.
pub trait Random: Send + Sync {
    /// Fills the slice with random bytes.
    fn fill(&self, bytes: &mut [u8]);
}
