//! The guide, docs/prox.md, agrees with the program.

use std::fs;

use clap::{Command, CommandFactory as _};
use prox::args::{Cli, ENVIRONMENT};

const GUIDE: &str = include_str!("../../../../../docs/prox.md");
const CONFIGURATION: &str = include_str!("../../../../../docs/prox-yaml.md");

#[test]
fn every_configuration_in_the_guides_is_accepted() {
    let blocks: Vec<&str> = [GUIDE, CONFIGURATION]
        .iter()
        .flat_map(|guide| guide.split("```yaml\n").skip(1))
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert!(blocks.len() >= 4, "{blocks:?}");
    for block in blocks {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".env"), "A=1\n").unwrap();
        fs::create_dir_all(folder.path().join("services/api")).unwrap();
        let file = folder.path().join("prox.yaml");
        fs::write(&file, block).unwrap();
        if let Err(errors) = prox_config::load(&file) {
            panic!("{errors:?}\n{block}");
        }
    }
}

#[test]
fn every_exit_code_is_in_the_guide() {
    use prox::exit::Exit;
    for exit in Exit::ALL {
        let row = format!("\n| {} | {} |\n", exit.code(), exit.meaning());
        assert!(GUIDE.contains(&row), "{row}");
    }
}

#[test]
fn every_variable_is_in_the_guide() {
    for (name, what) in ENVIRONMENT {
        let row = format!("\n| `{name}` | {what} |\n");
        assert!(GUIDE.contains(&row), "{row}");
    }
}

/// All visible commands with their parents: `requests replay`.
fn commands(command: &Command, before: &str, into: &mut Vec<(String, Command)>) {
    let seen = |it: &&Command| !it.is_hide_set() && it.get_name() != "help";
    for command in command.get_subcommands().filter(seen) {
        let name = format!("{before}{}", command.get_name());
        commands(command, &format!("{name} "), into);
        into.push((name, command.clone()));
    }
}

#[test]
fn every_command_and_flag_is_in_the_manual_and_completed() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_prox"))
            .args(args)
            .output()
            .unwrap();
        assert!(output.status.success(), "{args:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["man", folder.path().to_str().unwrap()]);
    let scripts = ["bash", "elvish", "fish", "powershell", "zsh"].map(|shell| {
        let script = run(&["completion", shell]);
        (shell, script)
    });
    let mut all = Vec::new();
    commands(&Cli::command(), "", &mut all);
    assert!(all.len() > 20, "{}", all.len());
    for (name, command) in all {
        let top = name.split(' ').next().unwrap_or_default();
        assert!(
            GUIDE.contains(&format!("`{top}")),
            "{top} is not in the guide"
        );
        let file = format!("prox-{}.1", name.replace(' ', "-"));
        let page = fs::read_to_string(folder.path().join(&file)).unwrap();
        let flags = command.get_arguments().filter(|flag| !flag.is_hide_set());
        let flags: Vec<&str> = flags.filter_map(clap::Arg::get_long).collect();
        for flag in &flags {
            let written = format!("\\-\\-{}", flag.replace('-', "\\-"));
            assert!(page.contains(&written), "--{flag} is not in {file}");
        }
        for (shell, script) in &scripts {
            let missing = flags.iter().find(|flag| !script.contains(*flag));
            assert_eq!(missing, None, "{name}, {shell}");
            assert!(script.contains(command.get_name()), "{name}, {shell}");
        }
    }
}
