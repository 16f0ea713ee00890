//! The port to work that goes on after requests.

use prox_types::ImportId;

/// Takes the steps of jobs, each of which survives restarts.
pub trait Jobs: Send + Sync {
    /// Takes steps of an import until it has none left; this call returns at once. Calls that are lost are repeated
    /// by [`resume_imports`](crate::resume_imports).
    fn advance(&self, import: ImportId);
}
