//! News for the rooms of organizations.

use prox_types::OrganizationId;
use prox_types::durable::room::Poke;

/// Tells an organization's room what was committed.
pub trait Realtime: Send + Sync {
    /// Returns at once; the message travels after the answer. A lost one is harmless.
    fn poke(&self, organization: OrganizationId, poke: Poke);
}
