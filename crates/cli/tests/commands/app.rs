//! `init`, `validate`, `inspect` and `doctor`.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use crate::Folder;

const VITE: &str = r#"{"name": "@ada/My Notes", "description": "Notes.", "scripts": {"dev": "vite"}, "devDependencies": {"vite": "^7"}}"#;

#[test]
fn a_vite_project_becomes_compatible_and_then_stays() {
    let folder = Folder::new()
        .file("package.json", VITE)
        .file("pnpm-lock.yaml", "")
        .file("README.md", "# Notes\n\nMine.\n");

    // Without a terminal nothing happens but the showing.
    let answer = folder.prox("init");
    assert_eq!(answer.code, 2);
    assert!(answer.stdout.contains("+  web:"), "{}", answer.stdout);
    assert!(answer.stderr.contains("--yes"), "{}", answer.stderr);
    assert!(!folder.path().join("prox.yaml").exists());

    let answer = folder.prox("init --yes");
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    for part in [
        "This is a Vite project.",
        "+++ app.manifest.json",
        " # Notes",
        "+## Prox OS",
    ] {
        assert!(answer.stdout.contains(part), "{part}: {}", answer.stdout);
    }
    assert_eq!(
        folder.read("prox.yaml"),
        "processes:
  web:
    cmd: pnpm run dev
    healthcheck:
      http: http://localhost:5173/
      interval: 2s

services:
  web: 5173
"
    );
    let manifest: serde_json::Value =
        serde_json::from_str(&folder.read("app.manifest.json")).unwrap();
    assert_eq!(manifest["id"], "my-notes");
    assert_eq!(manifest["devUrl"], "http://localhost:5173/");
    assert!(
        folder
            .read("README.md")
            .starts_with("# Notes\n\nMine.\n\n<!-- prox:begin -->\n")
    );
    assert_eq!(folder.prox("config check").code, 0);
    assert_eq!(folder.prox("validate --no-fetch").code, 0);

    let readme = folder.read("README.md");
    let answer = folder.prox("init");
    assert_eq!(
        (answer.code, answer.stdout.as_str()),
        (0, "Nothing to do: all of it is there.\n")
    );
    assert_eq!(folder.read("README.md"), readme);

    // What is there is kept, and the section alone is brought up to date.
    let folder = folder.file("prox.yaml", "processes: {mine: x}").file(
        "README.md",
        &readme.replace("5173", "1").replace("Mine.", "Ours."),
    );
    let json = folder.prox("init --yes --json").json();
    assert_eq!(json["changes"].as_array().unwrap().len(), 1);
    assert_eq!(json["changes"][0]["change"], "update");
    assert_eq!(folder.read("prox.yaml"), "processes: {mine: x}");
    assert_eq!(folder.read("README.md"), readme.replace("Mine.", "Ours."));
}

#[test]
fn each_kind_of_project_is_known() {
    let package = |name: &str, dev: &str| {
        format!(
            r#"{{"scripts": {{"dev": "{dev}"}}, "dependencies": {{"{name}": "1", "vite": "1"}}}}"#
        )
    };
    for (name, dev, kind, port) in [
        ("next", "next dev", "Next", 3000),
        ("astro", "astro dev", "Astro", 4321),
        ("@rsbuild/core", "rsbuild dev --port 4000", "Rsbuild", 4000),
        ("other", "vite", "Vite", 5173),
    ] {
        let folder = Folder::new().file("package.json", &package(name, dev));
        let json = folder.prox("init --yes --json").json();
        assert_eq!(
            (json["kind"].as_str(), json["port"].as_u64()),
            (Some(kind), Some(port))
        );
        assert_eq!(folder.prox("config check").code, 0, "{kind}");
        assert_eq!(folder.prox("validate --no-fetch").code, 0, "{kind}");
    }
    let folder = Folder::new().file("index.html", "<p>");
    assert_eq!(folder.prox("init --yes --json").json()["kind"], "static");

    let answer = Folder::new().prox("init --yes");
    assert_eq!(answer.code, 1);
    assert!(answer.stderr.contains("index.html"), "{}", answer.stderr);
    let answer = Folder::new().file("package.json", "{").prox("init --yes");
    assert_eq!(answer.code, 1);
    assert!(answer.stderr.contains("package.json"), "{}", answer.stderr);
}

/// Answers one request with these headers. The address of the server.
fn serve(headers: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer =
        format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 0\r\n{headers}\r\n");
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 2_000];
        let _ = stream.read(&mut request);
        stream.write_all(answer.as_bytes()).unwrap();
    });
    format!("http://{address}/")
}

fn manifest(url: &str, mode: &str) -> String {
    format!(
        r#"{{"schemaVersion": 1, "id": "a", "name": "A", "devUrl": "{url}", "mode": "{mode}",
"permissions": [{{"name": "ai:use", "reason": "Sums your notes up."}}]}}"#
    )
}

#[test]
fn what_the_development_server_allows_is_told() {
    let app = |headers: &str, mode: &str| {
        Folder::new().file("app.manifest.json", &manifest(&serve(headers), mode))
    };
    let answer = app("", "embed").prox("validate");
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    assert!(
        answer.stdout.contains("can show it in a window"),
        "{}",
        answer.stdout
    );

    let deny = "x-frame-options: DENY\r\n";
    let answer = app(deny, "embed").prox("validate");
    assert_eq!(answer.code, 1);
    assert!(
        answer.stdout.contains("cannot show it in a window"),
        "{}",
        answer.stdout
    );
    assert_eq!(app(deny, "tab").prox("validate").code, 0);

    let ours = "content-security-policy: frame-ancestors https://home.example\r\n";
    let answer = app(ours, "embed").prox("validate --home https://home.example --json");
    assert_eq!(answer.code, 0, "{}", answer.stdout);
    assert_eq!(answer.json()["frame"]["embeddable"], true);
    assert_eq!(app(ours, "embed").prox("validate").code, 1);
}

#[test]
fn an_app_that_does_not_run_or_is_wrong_is_told() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let folder = Folder::new().file(
        "app.manifest.json",
        &manifest(&format!("http://{free}/"), "embed"),
    );
    let answer = folder.prox("validate");
    assert_eq!(answer.code, 6);
    assert!(
        answer.stderr.contains("does not answer"),
        "{}",
        answer.stderr
    );

    let folder = folder.file("app.manifest.json", r#"{"schemaVersion": 1}"#);
    let answer = folder.prox("validate --json");
    assert_eq!(answer.code, 3);
    assert_eq!(answer.json()["problems"].as_array().unwrap().len(), 5);
    assert_eq!(Folder::new().prox("validate").code, 3);
}

#[test]
fn permissions_are_told_in_words() {
    let folder = Folder::new()
        .file(
            "app.manifest.json",
            &manifest("http://localhost:1/", "embed"),
        )
        .file("src/x", "");
    let answer = folder.prox_in("src", "inspect permissions");
    assert_eq!(
        answer.stdout,
        "A asks to\n  hand what it may read to the space's AI actions (ai:use)\n      because: Sums your notes up.\n"
    );
    let json = folder.prox("inspect permissions --json").json();
    assert_eq!(json["permissions"][0]["name"], "ai:use");
}

#[test]
fn the_doctor_looks_at_machine_and_project() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let folder = Folder::new().file(
        "prox.yaml",
        &format!("processes: {{web: surely-not-installed --now}}\nservices: {{web: 1}}\nproxy: {{http_port: {port}}}"),
    );
    let answer = folder.prox("doctor");
    assert_eq!(answer.code, 0, "{}", answer.stdout);
    for part in [
        "prox.yaml is right",
        "`surely-not-installed`, which is not in the search path",
        &format!("{port} is taken"),
        "of 101 ports are free",
        "no project runs",
    ] {
        assert!(answer.stdout.contains(part), "{part}: {}", answer.stdout);
    }
    let folder = folder.file("prox.yaml", "processes: {}\nnonsense: 1");
    let answer = folder.prox("doctor --json");
    assert_eq!(answer.code, 1);
    assert_eq!(answer.json()["ok"], false);
}

/// `prox init` on a terminal at which somebody has typed this line.
fn init_on_a_terminal(folder: &Folder, typed: &str) -> String {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let terminal = std::fs::File::options()
        .read(true)
        .write(true)
        .open(name.to_str().unwrap())
        .unwrap();
    let mut master = std::fs::File::from(master);
    master.write_all(typed.as_bytes()).unwrap();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_prox"))
        .arg("init")
        .current_dir(folder.path())
        .stdin(terminal.try_clone().unwrap())
        .stdout(terminal.try_clone().unwrap())
        .stderr(terminal)
        .spawn()
        .unwrap();
    // Read while it writes: the terminal holds little. It ends with an error, not with nothing.
    let mut shown = Vec::new();
    let mut part = [0; 1_000];
    while let Ok(length @ 1..) = master.read(&mut part) {
        shown.extend_from_slice(&part[..length]);
    }
    assert!(child.wait().unwrap().success());
    String::from_utf8_lossy(&shown).into_owned()
}

#[test]
fn a_person_is_asked_and_a_no_changes_nothing() {
    let folder = Folder::new().file("index.html", "<p>");
    let shown = init_on_a_terminal(&folder, "\n");
    assert!(shown.contains("Make these changes? [y/N]"), "{shown}");
    assert!(shown.contains("Nothing was changed."), "{shown}");
    assert!(!folder.path().join("prox.yaml").exists());

    let shown = init_on_a_terminal(&folder, "y\n");
    assert!(shown.contains("Done."), "{shown}");
    assert_eq!(folder.prox("config check").code, 0);
}
