use crate::Folder;

#[test]
fn a_procfile_is_printed_and_its_notes_go_elsewhere() {
    let folder = Folder::new().file("Procfile", "web: serve -p $PORT\nworker: work\n");
    let answer = folder.prox("import Procfile");
    assert_eq!(answer.code, 0);
    assert!(
        answer
            .stdout
            .starts_with("processes:\n  web:\n    cmd: serve -p $PORT\n"),
        "{}",
        answer.stdout
    );
    assert!(
        answer
            .stderr
            .contains("Procfile:1: each process has a `PORT` of its own"),
        "{}",
        answer.stderr
    );
    let json = folder.prox("import Procfile --json").json();
    assert_eq!(json["format"], "procfile");
    assert_eq!(json["yaml"].as_str(), Some(answer.stdout.as_str()));
    assert_eq!(json["notes"][0]["line"], 1);
}

#[test]
fn a_file_is_written_once_and_then_right() {
    let folder = Folder::new().file("pc.yaml", "processes: {web: {command: serve}}");
    let answer = folder.prox("import pc.yaml --output prox.yaml");
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    assert_eq!(folder.read("prox.yaml"), "processes:\n  web: serve\n");
    assert_eq!(folder.prox("config check").code, 0);

    let answer = folder.prox("import pc.yaml --output prox.yaml");
    assert_eq!(answer.code, 1);
    assert!(
        answer.stderr.contains("already exists"),
        "{}",
        answer.stderr
    );
}

#[test]
fn unreadable_files_exit_with_3() {
    let folder = Folder::new().file("Procfile", "nonsense\n");
    let answer = folder.prox("import Procfile");
    assert_eq!((answer.code, answer.stdout.as_str()), (3, ""));
    assert!(answer.stderr.contains("Procfile:1:1"), "{}", answer.stderr);
    assert_eq!(folder.prox("import none").code, 3);
}
