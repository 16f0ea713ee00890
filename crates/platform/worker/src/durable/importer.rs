//! The importer: the Durable Object that takes the steps of one import.
//!
//! Its alarm takes one step, and is set again while there are more. The state of the import is in Postgres: the object
//! knows only which import it is about, and the runtime repeats an alarm that fails.

use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use prox_api::ports::Database;
use prox_types::ImportId;
use worker::{DurableObject, Env, Error, Request, Response, Result, State, durable_object};

use prox_runtime::background::Background;
use prox_runtime::database::Postgres;
use prox_runtime::ports;

/// Where the storage has the id of the import.
const IMPORT: &str = "import";

/// The importer of one import, named by its id. Only the API worker reaches it.
#[durable_object(alarm)]
pub struct Importer(AssertUnwindSafe<Parts>);

struct Parts {
    state: Rc<State>,
    env: Env,
}

impl DurableObject for Importer {
    fn new(state: State, env: Env) -> Self {
        let state = Rc::new(state);
        Self(AssertUnwindSafe(Parts { state, env }))
    }

    /// Begins with the import that the body names.
    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let import: ImportId = request.text().await?.parse().map_err(failed)?;
        let storage = self.0.state.storage();
        storage.put(IMPORT, import.to_string()).await?;
        storage.set_alarm(0_i64).await?;
        Response::empty()
    }

    /// Takes one step.
    async fn alarm(&self) -> Result<Response> {
        let storage = self.0.state.storage();
        let Some(import) = storage.get::<String>(IMPORT).await? else {
            return Response::empty();
        };
        let import: ImportId = import.parse().map_err(failed)?;
        let mut client = Postgres::of(&self.0.env).connect().await.map_err(failed)?;
        let state = Rc::clone(&self.0.state);
        let background = Background::new(move |work| state.wait_until(work));
        let ports = ports::assemble(&self.0.env, background)?;
        let more = prox_api::advance_import(&mut client, &ports, import)
            .await
            .map_err(failed)?;
        if more {
            storage.set_alarm(0_i64).await?;
        } else if storage.get_alarm().await?.is_none() {
            // Nobody woke the object again in the meantime.
            storage.delete_all().await?;
        }
        Response::empty()
    }
}

fn failed(why: impl std::fmt::Display) -> Error {
    Error::from(why.to_string())
}
