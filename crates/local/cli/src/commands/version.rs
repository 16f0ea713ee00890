//! `prox version`.

use super::{print, print_json};
use crate::args::Global;
use crate::exit::{Exit, Outcome};

pub(super) fn run(global: &Global) -> Outcome {
    let version = env!("CARGO_PKG_VERSION");
    if global.json {
        print_json(&serde_json::json!({ "version": version }))?;
    } else {
        print(format!("prox {version}\n"))?;
    }
    Ok(Exit::Ok)
}
