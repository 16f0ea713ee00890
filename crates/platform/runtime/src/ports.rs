//! Assembles the ports for one event of the runtime.

use std::sync::Arc;

use prox_api::ports::{Clock, Jobs, Log, Mail, Ports, Random, Realtime, RestrictedDatabase};
use prox_integrations::unicode::Unicode;
use prox_types::durable::room::Poke;
use prox_types::{ImportId, OrganizationId, Timestamp};
use wasm_bindgen::prelude::wasm_bindgen;
use worker::js_sys::{Date, JsString};
use worker::send::SendWrapper;
use worker::{Env, Result, console_error, console_log};

use crate::background::Background;
use crate::database::Postgres;
use crate::importer_client;
use crate::mail;
use crate::room_client;
use crate::settings;
use crate::transport::Fetcher;

/// The ports of one request.
///
/// # Errors
/// When a binding or a variable is missing.
pub fn assemble(env: &Env, background: Background) -> Result<Ports> {
    let mail = mail::mailer(env, &background);
    with_mail(env, background, mail)
}

/// As [`assemble`], with another mailer.
pub(crate) fn with_mail(env: &Env, background: Background, mail: Arc<dyn Mail>) -> Result<Ports> {
    Ok(Ports {
        database: RestrictedDatabase::new(Arc::new(Postgres::of(env))),
        clock: Arc::new(SystemClock),
        random: Arc::new(Runtime),
        unicode: Arc::new(Runtime),
        realtime: Arc::new(RoomNotifier {
            env: SendWrapper::new(env.clone()),
            background: background.clone(),
        }),
        jobs: Arc::new(Importers {
            env: SendWrapper::new(env.clone()),
            background,
        }),
        transport: Arc::new(Fetcher),
        mail,
        log: Arc::new(Console),
        config: settings::config(env)?,
    })
}

/// The runtime's clock. On Workers, time does not advance between two I/O operations.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(Date::now() as i64).unwrap_or_default()
    }
}

/// The runtime's randomness and Unicode tables.
pub struct Runtime;

impl Random for Runtime {
    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // Without randomness, secrets could be guessed: end the instance instead.
            std::process::abort();
        }
    }
}

impl Unicode for Runtime {
    fn decompose(&self, text: &str) -> String {
        JsString::from(text).normalize("NFKD").into()
    }

    fn compose(&self, text: &str) -> String {
        JsString::from(text).normalize("NFC").into()
    }

    fn address(&self, text: &str, base: Option<&str>) -> Option<String> {
        parse_address(text, base)
    }

    fn decode(&self, label: &str, bytes: &[u8]) -> Option<String> {
        decode_bytes(label, bytes)
    }
}

#[wasm_bindgen(module = "/runtime.js")]
extern "C" {
    #[wasm_bindgen(js_name = parseAddress)]
    fn parse_address(text: &str, base: Option<&str>) -> Option<String>;

    #[wasm_bindgen(js_name = decodeBytes)]
    fn decode_bytes(label: &str, bytes: &[u8]) -> Option<String>;
}

/// Log lines in the console, as JSON that the platform parses.
pub struct Console;

impl Log for Console {
    fn write(&self, line: &str) {
        console_log!("{line}");
    }
}

/// Delivers pokes to the rooms after the response.
struct RoomNotifier {
    env: SendWrapper<Env>,
    background: Background,
}

impl Realtime for RoomNotifier {
    fn poke(&self, organization: OrganizationId, poke: Poke) {
        let env = self.env.clone();
        self.background
            .run(async move { room_client::poke(&env, organization, poke).await });
    }
}

/// Wakes the importers after the response.
struct Importers {
    env: SendWrapper<Env>,
    background: Background,
}

impl Jobs for Importers {
    fn advance(&self, import: ImportId) {
        let env = self.env.clone();
        self.background.run(async move {
            if let Err(error) = importer_client::wake(&env, import).await {
                console_error!("an import was not begun, the sweep will find it: {error}");
            }
        });
    }
}
