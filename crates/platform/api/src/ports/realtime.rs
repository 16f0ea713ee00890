//! The port to the rooms of organizations.

use prox_types::OrganizationId;
use prox_types::durable::room::Poke;

/// Reports committed changes to an organization's room.
pub trait Realtime: Send + Sync {
    /// Sends a poke after the response; this call returns at once. A lost poke is harmless.
    fn poke(&self, organization: OrganizationId, poke: Poke);
}
