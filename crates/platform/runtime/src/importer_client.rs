//! The client of the Durable Object that takes the steps of an import.

use prox_types::ImportId;
use worker::{Env, Result};

use crate::room_client::post;

/// The origin of internal requests. Never resolved: importers are reached through their binding.
const ORIGIN: &str = "https://importer";

/// Wakes the importer of an import, which then takes steps until there are none left.
///
/// # Errors
/// When the binding `IMPORTER` is missing, or the object cannot be reached or fails.
pub(crate) async fn wake(env: &Env, import: ImportId) -> Result<()> {
    let name = import.to_string();
    let stub = env
        .durable_object("IMPORTER")?
        .id_from_name(&name)?
        .get_stub()?;
    post(&stub, ORIGIN, &name).await
}
