//! News for the rooms of organizations.

use prox_types::OrganizationId;
use prox_types::durable::room::Poke;

/// Reports committed changes to an organization's room.
pub trait Realtime: Send + Sync {
    /// Returns at once; the message is sent after the response. A lost one is harmless.
    fn poke(&self, organization: OrganizationId, poke: Poke);
}
