//! Going on with another prox.yaml by itself.

use rustix::process::Signal;

use crate::support::{Project, signal, until};

const FIRST: &str = "processes: {a: exec sleep 1000}";
const SECOND: &str = "processes: {a: exec sleep 1000, b: exec sleep 1000}";

fn says(project: &Project, text: &str) -> bool {
    let log = project.run(&["logs", "-n", "100", "--process", "prox"]);
    log.out.contains(text)
}

#[test]
fn a_changed_configuration_is_followed_and_mistakes_are_told() {
    let project = Project::new(FIRST);
    project.ok(&["up", "-d", "--watch-config"]);
    let before = project.process("a")["pid"].clone();
    // The watch begins on its own time.
    until("b to start", || {
        project.write(SECOND);
        std::thread::sleep(std::time::Duration::from_millis(500));
        says(&project, "started: b")
    });
    project.write("processes: {a: [}");
    until("the mistake to be told", || {
        says(&project, "going on as before")
    });
    assert_eq!(project.process("a")["pid"], before);
    assert_eq!(project.process("b")["status"], "running");
}

#[test]
fn in_the_background_a_hang_up_reads_the_configuration_again() {
    let project = Project::new(FIRST);
    project.ok(&["up", "-d"]);
    project.write(SECOND);
    signal(project.pid(), Signal::HUP);
    until("b to start", || says(&project, "started: b"));
}
