//! The client of the Durable Object that takes the steps of an import.

use prox_types::ImportId;
use worker::{Env, Error, Method, Request, RequestInit, Result};

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
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_body(Some(name.as_str().into()));
    let request = Request::new_with_init(ORIGIN, &init)?;
    match stub.fetch_with_request(request).await?.status_code() {
        200..300 => Ok(()),
        status => Err(Error::from(format!("the importer answered {status}"))),
    }
}
