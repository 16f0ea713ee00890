//! The cron run: deletes old rows, sends rooms the current sequence number of their organization, so
//! that a change whose poke was lost is still delivered, fills search entries without lexemes, and looks
//! at the DNS records of verified hostnames, and wakes imports that stopped. The next run tells rooms what the last two changed.

use futures_util::StreamExt;
use futures_util::stream;
use prox_api::ports::{Clock, Database};
use prox_types::durable::room::{Notice, NoticeContent};
use worker::{Env, Error, Result, console_error};

use prox_runtime::background::Background;
use prox_runtime::database::Postgres;
use prox_runtime::ports::{self, Runtime, SystemClock};
use prox_runtime::room_client::Rooms;

/// The number of subrequests that the runtime allows at the same time.
const MAX_CONCURRENT: usize = 6;

/// Runs the sweep once.
///
/// # Errors
/// When the database does not answer. A room that does not answer is only logged.
pub(crate) async fn run(env: &Env, background: Background) -> Result<()> {
    let mut client = Postgres::of(env).connect().await.map_err(failed)?;
    let answer = client
        .run(&prox_db::system::sweep().for_anonymous(SystemClock.now()))
        .await
        .map_err(failed)?;
    let heads = answer.parse().map_err(failed)?;
    let rooms = &Rooms::of(env)?;
    stream::iter(heads)
        .for_each_concurrent(MAX_CONCURRENT, async |head| {
            let notice = Notice {
                organization_id: head.organization_id,
                content: NoticeContent::Head(head.seq),
            };
            if let Err(error) = rooms.deliver(&notice).await {
                console_error!(
                    "the room of {} did not get its notice: {error}",
                    head.organization_id
                );
            }
        })
        .await;
    prox_api::fill_stale_entries(&mut client, &Runtime, SystemClock.now())
        .await
        .map_err(failed)?;
    let ports = ports::assemble(env, background)?;
    prox_api::resume_imports(&mut client, &ports)
        .await
        .map_err(failed)?;
    prox_api::recheck_domains(&mut client, &ports)
        .await
        .map_err(failed)?;
    Ok(())
}

fn failed(why: impl std::fmt::Display) -> Error {
    Error::from(why.to_string())
}
