//! The importer: the Durable Object that takes the steps of one import.
//!
//! Its alarm asks the worker of jobs for a few steps, and is set again while there are more. The state of the import is in
//! Postgres: the object knows only which import it is about, and the runtime repeats an alarm that fails.

use std::panic::AssertUnwindSafe;

use prox_api::Advance;
use prox_types::ImportId;
use worker::{
    DurableObject, Env, Error, Method, Request, RequestInit, Response, Result, State,
    durable_object,
};

use prox_runtime::room_client;

/// The origin of internal requests. Never resolved: the worker of jobs is reached through its binding.
const ORIGIN: &str = "https://jobs";

/// Steps of one alarm: a setting of the alarm costs more than asking for a step.
const STEPS: usize = 8;

/// Where the storage has the id of the import.
const IMPORT: &str = "import";

/// The importer of one import, named by its id. Only the API worker reaches it.
#[durable_object(alarm)]
pub struct Importer(AssertUnwindSafe<Parts>);

struct Parts {
    state: State,
    env: Env,
}

impl DurableObject for Importer {
    fn new(state: State, env: Env) -> Self {
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

    /// Takes steps.
    async fn alarm(&self) -> Result<Response> {
        let storage = self.0.state.storage();
        let Some(import) = storage.get::<String>(IMPORT).await? else {
            return Response::empty();
        };
        for _ in 0..STEPS {
            if self.0.step(&import).await? {
                continue;
            }
            // Unless somebody woke the object again in the meantime.
            if storage.get_alarm().await?.is_none() {
                storage.delete_all().await?;
            }
            return Response::empty();
        }
        storage.set_alarm(0_i64).await?;
        Response::empty()
    }
}

impl Parts {
    /// Has one step taken, and tells the room what it changed. False: there was none left.
    async fn step(&self, import: &str) -> Result<bool> {
        let mut init = RequestInit::new();
        init.with_method(Method::Post)
            .with_body(Some(import.into()));
        let jobs = self.env.service("JOBS")?;
        let mut answer: Response = jobs.fetch(ORIGIN, Some(init)).await?.try_into()?;
        let Advance { more, pokes } = match answer.status_code() {
            200..300 => answer.json().await?,
            status => return Err(Error::from(format!("the worker of jobs answered {status}"))),
        };
        for sent in pokes {
            room_client::poke(&self.env, sent.organization_id, sent.poke).await;
        }
        Ok(more)
    }
}

fn failed(why: impl std::fmt::Display) -> Error {
    Error::from(why.to_string())
}
