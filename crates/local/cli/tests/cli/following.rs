//! Automatic reloads of prox.yaml (`--watch-config`).

use rustix::process::Signal;

use crate::support::{Project, signal, until};

const FIRST: &str = "processes: {a: exec sleep 1000}";
const SECOND: &str = "processes: {a: exec sleep 1000, b: exec sleep 1000}";

fn says(project: &Project, text: &str) -> bool {
    let log = project.run(&["logs", "-n", "100", "--process", "prox"]);
    log.out.contains(text)
}

#[test]
fn a_changed_configuration_is_loaded_and_mistakes_are_reported() {
    let project = Project::new(FIRST);
    project.ok(&["up", "-d", "--watch-config"]);
    let before = project.process("a")["pid"].clone();
    // The watch begins at an unknown time.
    until("b to start", || {
        project.write(SECOND);
        std::thread::sleep(std::time::Duration::from_millis(500));
        says(&project, "started: b")
    });
    project.write("processes: {a: [}");
    until("the mistake to be told", || {
        says(&project, "continuing with the previous configuration")
    });
    assert_eq!(project.process("a")["pid"], before);
    assert_eq!(project.process("b")["status"], "running");
}

#[test]
fn a_changed_env_file_restarts_its_processes() {
    let project = Project::new(
        "env_file: {path: .env, required: false}
processes:
  a: {cmd: 'echo a has $ONE$TWO; exec sleep 1000', env: {ONE: ''}}
  b: {cmd: 'echo b has $TWO; exec sleep 1000', env: {TWO: '', THREE: 3}, env_file: {path: b.env, required: false}}",
    );
    project.ok(&["up", "-d", "--watch-config"]);
    let write = |file: &str, text: &str| std::fs::write(project.root().join(file), text).unwrap();
    // The watch begins at an unknown time.
    until("a to see its first file", || {
        write(".env", "TWO=new\n");
        std::thread::sleep(std::time::Duration::from_millis(500));
        project.ok(&["logs"]).out.contains("a has new")
    });
    let before = project.process("a")["pid"].clone();
    write("b.env", "FOUR=4\n");
    until("b to start again", || says(&project, "restarted: b"));
    assert_eq!(project.process("a")["pid"], before);

    // A file that is new in the configuration is watched, too.
    write("a.env", "ONE=1\n");
    project.write("processes: {a: {cmd: 'echo a is $ONE; exec sleep 1000', env_file: a.env}}");
    until("a to have its file", || {
        project.ok(&["logs"]).out.contains("a is 1")
    });
    until("a to have the changed file", || {
        write("a.env", "ONE=2\n");
        std::thread::sleep(std::time::Duration::from_millis(500));
        project.ok(&["logs"]).out.contains("a is 2")
    });
}

#[test]
fn in_the_background_a_hang_up_reads_the_configuration_again() {
    let project = Project::new(FIRST);
    project.ok(&["up", "-d"]);
    project.write(SECOND);
    signal(project.pid(), Signal::HUP);
    until("b to start", || says(&project, "started: b"));
}
