//! The steps of imports, outside of requests. Each takes a part of a file, and records what it did with it at once, so
//! that an import goes on where it was, whatever happens.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prox_datasets::{
    FileError, Found, Numbering, Part, Reading, STEP_BYTES, Storing, with_types_of,
};
use prox_db::import::{Job, Step};
use prox_db::{Client, DbError, OrganizationPoke, StatementError};
use prox_types::{ErrorCode, ImportId, ImportState, JsonText};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::areas::instances::instances::candidates;
use crate::areas::search::fill_stale_entries;
use crate::ports::Ports;

/// What a step of an import did.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Advance {
    /// Whether there may be another step.
    pub more: bool,
    /// What changed, for the rooms of organizations.
    pub pokes: Vec<OrganizationPoke>,
}

/// Takes one step of an import.
///
/// # Errors
/// When a statement fails. The step can be taken again.
pub async fn advance_import(
    client: &mut Client,
    ports: &Ports,
    import: ImportId,
) -> Result<Advance, StatementError> {
    let now = ports.clock.now();
    let at_most = i64::try_from(STEP_BYTES).unwrap_or(i64::MAX);
    let next = prox_db::import::next(import, at_most).for_anonymous(now);
    let job = match client.run(&next).await {
        Ok(answer) => answer.parse()?,
        Err(StatementError::Refused { .. }) => return Ok(Advance::default()),
        Err(error) => return Err(error),
    };
    let step = job.step;
    let taken = take_step(job)?;
    let finishes = matches!(taken, Taken::Last { .. });
    let statement = match taken {
        Taken::Step(done) => prox_db::import::record(import, step, *done),
        Taken::Last { name } => {
            let slugs = candidates(None, &name, "dataset", ports);
            prox_db::import::finish(import, step, ports.id(), slugs)
        }
    };
    let pokes = match client.run(&statement.for_anonymous(now)).await {
        // Another worker took the step first.
        Err(StatementError::Refused { .. }) => Vec::new(),
        // What would fail again and again ends the import.
        Err(StatementError::Failed(
            error @ (DbError::Constraint(_) | DbError::Statement(_) | DbError::TimedOut(_)),
        )) => {
            let line = json!({ "import": import, "cause": error.to_string() });
            ports.log.write(&line.to_string());
            let failed =
                prox_db::import::record(import, step, failed(refusal(&error).to_owned(), 0));
            client.run(&failed.for_anonymous(now)).await?.pokes
        }
        done => done?.pokes,
    };
    if finishes {
        // Search finds a new dataset at once.
        fill_stale_entries(client, &*ports.unicode, now).await?;
    }
    Ok(Advance { more: true, pokes })
}

/// Takes a step of each import that has stopped between two steps.
///
/// # Errors
/// When the database does not answer.
pub async fn resume_imports(client: &mut Client, ports: &Ports) -> Result<(), StatementError> {
    let stalled = prox_db::import::stalled().for_anonymous(ports.clock.now());
    for import in client.run(&stalled).await?.parse()? {
        ports.jobs.advance(import);
    }
    Ok(())
}

/// What a step did.
enum Taken {
    /// It read a part.
    Step(Box<Step>),
    /// There was nothing left to read.
    Last { name: String },
}

fn take_step(job: Job) -> Result<Taken, DbError> {
    let bytes = STANDARD
        .decode(&job.part)
        .map_err(|why| DbError::Shape(why.to_string()))?;
    let part = Part {
        bytes: &bytes,
        is_last: job.read_bytes + bytes.len() >= job.size,
    };
    let before = job.read_bytes as u64;
    let step = if job.state == ImportState::Reading {
        read(&job, part)?
    } else {
        let begun: Option<Storing> = job.progress.as_ref().map(parsed).transpose()?;
        if begun.is_some() && job.read_bytes >= job.size {
            return Ok(Taken::Last { name: job.name });
        }
        store(&job, begun, part)?
    };
    Ok(Taken::Step(Box::new(
        step.unwrap_or_else(|why| failed(why.to_string(), before)),
    )))
}

/// A step of the first pass.
fn read(job: &Job, part: Part<'_>) -> Result<Result<Step, FileError>, DbError> {
    let choices = with_types_of(job.choices.clone(), job.columns.iter().cloned());
    let reading: Option<Reading> = job.progress.as_ref().map(parsed).transpose()?;
    let begun = reading.map_or_else(|| Reading::begin(part, &job.file_name, &choices), Ok);
    Ok(begun.and_then(|mut reading| {
        reading.read(part)?;
        let at = reading.checkpoint();
        let (read, rows, bad_rows) = (at.offset, at.report.rows, at.report.bad_rows);
        let mut step = progressed(ImportState::Reading, read, rows, bad_rows);
        if part.is_last {
            step.state = ImportState::Review;
            step.report = Some(JsonText::from(&reading.found(&choices)));
        } else {
            step.progress = Some(JsonText::from(&reading));
        }
        Ok(step)
    }))
}

/// A step of the second pass.
fn store(
    job: &Job,
    begun: Option<Storing>,
    part: Part<'_>,
) -> Result<Result<Step, FileError>, DbError> {
    let mut storing = match begun {
        Some(storing) => storing,
        None => {
            let missing = || DbError::Shape(String::from("an import without a report"));
            let found: Found = parsed(job.report.as_ref().ok_or_else(missing)?)?;
            let numbering = if job.merges {
                Numbering::ByLine
            } else {
                Numbering::From(job.first_row)
            };
            Storing::begin(found, &job.types, numbering)
        }
    };
    Ok(storing.read(part).map(|rows| {
        let (stored, bad) = storing.counts();
        // What follows the last row is read, too.
        let read = if part.is_last {
            job.size as u64
        } else {
            storing.checkpoint().offset
        };
        Step {
            progress: Some(JsonText::from(&storing)),
            stored: Some((rows.text, rows.marks)),
            bad: JsonText::from(&rows.bad),
            ..progressed(ImportState::Storing, read, stored, bad)
        }
    }))
}

fn progressed(state: ImportState, read: u64, rows: u64, bad_rows: u64) -> Step {
    let signed = |count| i64::try_from(count).unwrap_or(i64::MAX);
    Step {
        state,
        progress: None,
        report: None,
        read_bytes: signed(read),
        rows: signed(rows),
        bad_rows: signed(bad_rows),
        problem: None,
        stored: None,
        bad: JsonText::from(&[(); 0]),
    }
}

/// A step after which the import cannot go on.
fn failed(problem: String, read: u64) -> Step {
    Step {
        problem: Some(problem),
        ..progressed(ImportState::Failed, read, 0, 0)
    }
}

/// Why the database refuses rows, for people.
fn refusal(error: &DbError) -> &'static str {
    match error.code() {
        ErrorCode::LimitReached => {
            "The organization has as many datasets as it may have, or the dataset as many rows. Delete some, and import the file again."
        }
        _ => {
            "The rows could not be stored. Try again; if it stays, choose text for the columns, or split the file."
        }
    }
}

fn parsed<T: DeserializeOwned>(json: &JsonText) -> Result<T, DbError> {
    serde_json::from_str(json.as_str()).map_err(|why| DbError::Shape(why.to_string()))
}
