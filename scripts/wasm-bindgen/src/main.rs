//! Generates the JavaScript of a worker from its wasm, as the `wasm-bindgen` command of the same version
//! does. Takes the arguments that scripts/lib/worker-bundle.mjs passes, and no others.

use std::{env, process};

use wasm_bindgen_cli_support::Bindgen;

const USAGE: &str = "usage: wasm-bindgen INPUT --out-dir DIR --out-name NAME --target module \
--no-typescript --experimental-reset-state-function --force-enable-abort-handler [--debug]";

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    if args == ["--version"] {
        println!("wasm-bindgen {}", env!("CARGO_PKG_VERSION"));
        return;
    }
    if let Err(message) = run(&args) {
        eprintln!("error: {message}");
        process::exit(1);
    }
}

fn run(args: &[String]) -> Result<(), String> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (input, folder, name, rest) = match args.as_slice() {
        [input, "--out-dir", folder, "--out-name", name, rest @ ..] => (input, folder, name, rest),
        _ => return Err(USAGE.to_owned()),
    };
    let fixed = [
        "--target",
        "module",
        "--no-typescript",
        "--experimental-reset-state-function",
        "--force-enable-abort-handler",
    ];
    let debug = match rest.strip_prefix(&fixed) {
        Some([]) => false,
        Some(["--debug"]) => true,
        _ => return Err(USAGE.to_owned()),
    };
    let mut bindgen = Bindgen::new();
    bindgen
        .module(true)
        .map_err(|error| format!("{error:?}"))?
        .input_path(input)
        .out_name(name)
        .debug(debug)
        .typescript(false)
        .reset_state_function(true)
        .force_enable_abort_handler(true)
        .generate(folder)
        .map_err(|error| format!("{error:?}"))
}
