//! `init`, `validate`, `inspect` and `doctor`.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use prox_proxy::ca::Authority;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::Folder;

const VITE: &str = r#"{"name": "@ada/My Notes", "description": "Notes.", "scripts": {"dev": "vite"}, "devDependencies": {"vite": "^7"}}"#;

#[test]
fn a_vite_project_becomes_compatible_and_then_stays() {
    let folder = Folder::new()
        .file("package.json", VITE)
        .file("pnpm-lock.yaml", "")
        .file("README.md", "# Notes\n\nMine.\n");

    // Without a terminal, the changes are only shown.
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
    cmd: pnpm run dev --port 5173 --strictPort
    healthcheck:
      log: http.+:5173

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
        (0, "Nothing to do: everything is in place.\n")
    );
    assert_eq!(folder.read("README.md"), readme);

    // Existing text is kept, and only the section is updated.
    let mine = "processes: {mine: x}\nservices: {mine: 9000}\nproxy: {http_port: 9001}";
    let folder = folder
        .file("prox.yaml", mine)
        .file("README.md", &readme.replace("Mine.", "Ours."));
    let json = folder.prox("init --yes --json").json();
    assert_eq!(json["changes"].as_array().unwrap().len(), 1);
    assert_eq!(json["changes"][0]["change"], "update");
    assert_eq!(folder.read("prox.yaml"), mine);
    let expected = readme
        .replace("Mine.", "Ours.")
        .replace("http://localhost:5173", "http://localhost:9000")
        .replace("web.localhost:8080", "mine.localhost:9001");
    assert_eq!(folder.read("README.md"), expected);
}

/// The files that the frameworks' own commands create, reduced to what matters here.
#[test]
fn generated_projects_start_on_their_port_or_not_at_all() {
    struct Made<'a> {
        files: &'a [(&'a str, &'a str)],
        cmd: &'a str,
        check: &'a str,
        port: u16,
    }
    const VITE: (&str, &str) = (
        "package.json",
        r#"{"name": "vite-react", "private": true, "version": "0.0.0", "type": "module",
            "scripts": {"dev": "vite", "build": "tsc -b && vite build", "preview": "vite preview"},
            "devDependencies": {"@vitejs/plugin-react": "^6.1.2", "vite": "^8.3.4"}}"#,
    );
    let made = [
        Made {
            files: &[
                VITE,
                (
                    "vite.config.ts",
                    "import react from '@vitejs/plugin-react'\nimport { defineConfig } from 'vite'\n\n// https://vite.dev/config/\nexport default defineConfig({\n  plugins: [react()],\n})\n",
                ),
            ],
            cmd: "npm run dev -- --port 5173 --strictPort",
            check: "log: http.+:5173",
            port: 5173,
        },
        Made {
            files: &[
                VITE,
                ("yarn.lock", ""),
                (
                    "vite.config.ts",
                    "export default defineConfig({\n  preview: { port: 1 },\n  server: { open: false, port: 3100 },\n})\n",
                ),
            ],
            cmd: "yarn run dev --port 3100 --strictPort",
            check: "log: http.+:3100",
            port: 3100,
        },
        Made {
            files: &[
                (
                    "package.json",
                    r#"{"name": "nx", "scripts": {"dev": "next dev", "build": "next build"},
                        "dependencies": {"next": "16.4.3", "react": "19.3.0"}}"#,
                ),
                ("package-lock.json", "{}"),
            ],
            cmd: "npm run dev -- --port 3000",
            check: "log: http.+:3000",
            port: 3000,
        },
        Made {
            files: &[(
                "package.json",
                r#"{"name": "rsb", "scripts": {"build": "rsbuild build", "dev": "rsbuild"},
                    "packageManager": "pnpm@10.1.0", "devDependencies": {"@rsbuild/core": "^2.1.13"}}"#,
            )],
            cmd: "pnpm run dev --port 3000",
            check: "log: http.+:3000",
            port: 3000,
        },
        Made {
            files: &[(
                "package.json",
                r#"{"name": "as", "type": "module", "scripts": {"dev": "astro dev", "astro": "astro"},
                    "dependencies": {"astro": "^5.9.4"}}"#,
            )],
            cmd: "npm run dev -- --port 4321",
            check: "log: http.+:4321",
            port: 4321,
        },
        // Other programs in the script may print anything.
        Made {
            files: &[(
                "package.json",
                r#"{"scripts": {"dev": "concurrently vite 'node api.js'"}, "devDependencies": {"vite": "^8"}}"#,
            )],
            cmd: "npm run dev",
            check: "tcp: localhost:5173",
            port: 5173,
        },
        Made {
            files: &[("index.html", "<!doctype html>")],
            cmd: "python3 -u -m http.server 8000 --bind 127.0.0.1",
            check: "log: http.+:8000",
            port: 8000,
        },
    ];
    for Made {
        files,
        cmd,
        check,
        port,
    } in made
    {
        let mut folder = Folder::new();
        for (name, text) in files {
            folder = folder.file(name, text);
        }
        let json = folder.prox("init --yes --json").json();
        assert_eq!(json["port"], port, "{cmd}");
        let text = folder.read("prox.yaml");
        assert!(text.contains(&format!("    cmd: {cmd}\n")), "{cmd}: {text}");
        assert!(
            text.contains(&format!("    healthcheck:\n      {check}\n")),
            "{check}: {text}"
        );
        assert_eq!(folder.prox("config check").code, 0, "{cmd}");
        assert_eq!(folder.prox("validate --no-fetch").code, 0, "{cmd}");
    }
}

#[test]
fn below_a_project_it_is_said_where_the_project_is() {
    let folder = Folder::new().file("package.json", VITE).file("src/x", "");
    let answer = folder.prox_in("src", "init --yes");
    assert_eq!(answer.code, 1);
    let root = folder.path().canonicalize().unwrap();
    assert!(
        answer.stderr.contains(&format!(
            "one lies in {}: run `prox init` there",
            root.display()
        )),
        "{}",
        answer.stderr
    );
}

#[test]
fn above_the_projects_of_a_workspace_it_is_said_where_one_is() {
    let folder = Folder::new()
        .file("package.json", r#"{"workspaces": ["apps/*"]}"#)
        .file("apps/api/package.json", "{}")
        .file("apps/site/package.json", VITE)
        .file("node_modules/vite-app/package.json", VITE);
    let answer = folder.prox("init --yes");
    assert_eq!(answer.code, 1);
    assert!(
        answer.stderr.contains("apps/site: run `prox init` there"),
        "{}",
        answer.stderr
    );
}

#[test]
fn service_on_the_project_port_is_chosen() {
    let folder = Folder::new().file("package.json", VITE).file(
        "prox.yml",
        "processes: {api: x, site: y}\nservices: {api: 4000, site: 5173}",
    );
    assert_eq!(folder.prox("init --yes").code, 0);
    assert!(!folder.path().join("prox.yaml").exists());
    let manifest: serde_json::Value =
        serde_json::from_str(&folder.read("app.manifest.json")).unwrap();
    assert_eq!(manifest["devUrl"], "http://localhost:5173/");
    assert!(
        folder
            .read("README.md")
            .contains("http://site.localhost:8080")
    );
}

#[test]
fn a_readme_keeps_its_name_and_its_line_ends() {
    let folder = Folder::new()
        .file("index.html", "<p>")
        .file("readme.md", "# Mine\r\n\r\nText.\r\n");
    assert_eq!(folder.prox("init --yes").code, 0);
    let readme = folder.read("readme.md");
    assert!(readme.starts_with("# Mine\r\n\r\nText.\r\n\r\n<!-- prox:begin -->\r\n"));
    assert_eq!(readme.matches('\n').count(), readme.matches("\r\n").count());
    assert!(!folder.path().join("README.md").exists());
    assert!(folder.prox("init").stdout.starts_with("Nothing to do"));
}

#[test]
fn missing_packages_are_reported_with_their_installation() {
    let folder = Folder::new()
        .file("package.json", VITE)
        .file("pnpm-lock.yaml", "");
    let answer = folder.prox("init --yes");
    assert!(
        answer.stdout.contains("missing: `pnpm install` first"),
        "{}",
        answer.stdout
    );
    let answer = folder.prox("doctor");
    assert!(
        answer.stdout.contains("`pnpm install` installs them"),
        "{}",
        answer.stdout
    );
    let folder = folder.file("node_modules/x", "");
    assert!(!folder.prox("doctor").stdout.contains("installs them"));
}

#[test]
fn lock_file_of_the_workspace_counts() {
    let folder = Folder::new()
        .file("yarn.lock", "")
        .file("repository/.git/x", "")
        .file("repository/bun.lock", "")
        .file("repository/apps/site/package.json", VITE)
        .file("repository/node_modules/x", "")
        .file("alone/.git/x", "")
        .file("alone/package.json", &format!("\u{feff}{VITE}"));
    let answer = folder.prox_in("repository/apps/site", "init --yes");
    assert!(
        answer.stdout.contains("cmd: bun run dev"),
        "{}",
        answer.stdout
    );
    assert!(!answer.stdout.contains("are missing"), "{}", answer.stdout);
    let answer = folder.prox_in("alone", "init --yes");
    assert!(
        answer.stdout.contains("cmd: npm run dev"),
        "{}",
        answer.stdout
    );
}

#[test]
fn multiline_name_and_empty_readme_are_accepted() {
    let package = VITE.replace("@ada/My Notes", r"My\n\u001b[31mNotes");
    let folder = Folder::new()
        .file("package.json", &package)
        .file("README.md", "\n");
    let answer = folder.prox("init --yes");
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    assert!(!answer.stdout.contains('\u{1b}'), "{}", answer.stdout);
    assert!(
        folder
            .read("README.md")
            .starts_with("# My [31mNotes\n\n<!-- prox:begin -->\n")
    );
    assert_eq!(folder.prox("validate --no-fetch").code, 0);
}

/// `prox config check` reports its mistakes.
#[test]
fn a_prox_yaml_that_is_wrong_stays_and_names_no_address() {
    let folder = Folder::new()
        .file("package.json", VITE)
        .file("prox.yaml", "nonsense: 1");
    assert_eq!(folder.prox("init --yes").code, 0);
    assert_eq!(folder.read("prox.yaml"), "nonsense: 1");
    let readme = folder.read("README.md");
    assert!(readme.contains("prox up         # starts it\n"), "{readme}");
}

#[test]
fn files_that_cannot_be_written_are_reported() {
    let folder = Folder::new().file("index.html", "<p>");
    std::fs::create_dir(folder.path().join("README.md")).unwrap();
    let answer = folder.prox("init --yes");
    assert_eq!(answer.code, 1);
    assert!(answer.stderr.contains("README.md: "), "{}", answer.stderr);
    assert!(!folder.path().join("prox.yaml").exists());
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

/// Starts a server that answers one request with these headers. Returns its address.
fn serve(headers: &str) -> String {
    let (url, _) = serve_all("127.0.0.1:0", vec![format!("200 OK\r\n{headers}")]);
    url
}

/// Starts a server that answers requests with these statuses and headers, in this order. Returns
/// its address and the requests.
fn serve_all(address: &str, answers: Vec<String>) -> (String, Receiver<String>) {
    let listener = TcpListener::bind(address).unwrap();
    let address = listener.local_addr().unwrap();
    let (told, asked) = channel();
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 2_000];
            let length = stream.read(&mut request).unwrap_or(0);
            let _ = told.send(String::from_utf8_lossy(&request[..length]).into_owned());
            let answer = format!("HTTP/1.1 {answer}content-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    (format!("http://{address}/"), asked)
}

fn manifest(url: &str, mode: &str) -> String {
    format!(
        r#"{{"schemaVersion": 1, "id": "a", "name": "A", "devUrl": "{url}", "mode": "{mode}",
"permissions": [{{"name": "ai:use", "reason": "Sums your notes up."}}]}}"#
    )
}

#[test]
fn validate_reports_whether_the_app_can_be_framed() {
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

    let ours = "content-security-policy: frame-ancestors http://home.localhost\r\n";
    let answer = app(ours, "embed").prox("validate --home http://home.localhost --json");
    assert_eq!(answer.code, 0, "{}", answer.stdout);
    assert_eq!(answer.json()["frame"]["embeddable"], true);
    assert_eq!(app(ours, "embed").prox("validate").code, 1);

    // Browsers do not show pages of this computer inside a public home.
    let open = "content-security-policy: frame-ancestors *\r\n";
    let answer = app(open, "embed").prox("validate --home https://home.example --json");
    assert_eq!(answer.code, 1, "{}", answer.stdout);
    let reasons = answer.json()["frame"]["reasons"].to_string();
    assert!(reasons.contains("local network"), "{reasons}");
}

#[test]
fn the_advice_would_help() {
    let told = |answer: &str, home: &str| {
        let (url, _) = serve_all("127.0.0.1:0", vec![format!("{answer}\r\n")]);
        let folder = Folder::new().file("app.manifest.json", &manifest(&url, "embed"));
        let answer = folder.prox(&format!("validate --home {home}"));
        assert_eq!(answer.code, 1, "{}", answer.stdout);
        answer.stdout
    };
    let home = "http://home.localhost:8787/";
    let said = told("200 OK\r\nx-frame-options: DENY", home);
    for part in [
        "a home at http://home.localhost:8787 cannot show it",
        "`Content-Security-Policy: frame-ancestors http://home.localhost:8787`, or say",
    ] {
        assert!(said.contains(part), "{said}");
    }
    // A response that is not a page cannot be framed.
    for answer in ["404 Not Found", "200 OK\r\ncontent-type: application/pdf"] {
        let said = told(answer, home);
        assert!(said.contains("`embed`. Fix that, or say"), "{said}");
    }
}

#[test]
fn the_target_of_redirects_is_checked() {
    let deny = "200 OK\r\nx-frame-options: DENY\r\nlocation: /not-followed\r\n";
    let leads = |to: &str| format!("302 Found\r\nlocation: {to}\r\n");
    let (url, asked) = serve_all("127.0.0.1:0", vec![leads("app/?a=1"), deny.to_owned()]);
    let folder = Folder::new().file("app.manifest.json", &manifest(&url, "embed"));
    let answer = folder.prox("validate");
    assert_eq!(answer.code, 1, "{}", answer.stderr);
    for part in ["X-Frame-Options", "say `tab` or `card`"] {
        assert!(answer.stdout.contains(part), "{part}: {}", answer.stdout);
    }
    let host = url.trim_start_matches("http://").trim_end_matches('/');
    let asked: Vec<String> = asked.iter().collect();
    assert!(asked[0].starts_with("GET / HTTP/1.1\r\n"), "{}", asked[0]);
    assert!(
        asked[1].starts_with("GET /app/?a=1 HTTP/1.1\r\n"),
        "{}",
        asked[1]
    );
    assert!(
        asked[1].contains(&format!("host: {host}\r\n")),
        "{}",
        asked[1]
    );

    let told = |to: &str| {
        let (url, _) = serve_all("127.0.0.1:0", vec![leads(to); 6]);
        let folder = Folder::new().file("app.manifest.json", &manifest(&url, "embed"));
        let answer = folder.prox("validate");
        assert_eq!(answer.code, 1, "{}", answer.stdout);
        answer.stderr
    };
    assert!(told("/again").contains("redirects without end"));
    assert!(told("mailto:a@example.com").contains("which is not a web page"));
}

#[test]
fn validate_follows_the_redirects_that_a_browser_follows() {
    let deny = "200 OK\r\nx-frame-options: DENY\r\n";
    for (status, follows) in [
        ("300 Multiple Choices", false),
        ("301 Moved Permanently", true),
        ("302 Found", true),
        ("303 See Other", true),
        ("304 Not Modified", false),
        ("305 Use Proxy", false),
        ("307 Temporary Redirect", true),
        ("308 Permanent Redirect", true),
    ] {
        let first = format!("{status}\r\nlocation: /next\r\n");
        let (url, asked) = serve_all("127.0.0.1:0", vec![first, deny.to_owned()]);
        let folder = Folder::new().file("app.manifest.json", &manifest(&url, "embed"));
        let answer = folder.prox("validate");
        let followed = answer.stdout.contains("X-Frame-Options");
        assert_eq!(followed, follows, "{status}: {}", answer.stdout);
        assert_eq!(
            asked.try_iter().count(),
            1 + usize::from(follows),
            "{status}"
        );
    }
}

#[test]
fn validate_keeps_cookies_across_redirects() {
    let answers = vec![
        "302 Found\r\nlocation: /\r\nset-cookie: a=1; Path=/; HttpOnly\r\nset-cookie: old=x\r\n"
            .to_owned(),
        "302 Found\r\nlocation: /\r\nset-cookie: b=2\r\nset-cookie: old=; Max-Age=0\r\n".to_owned(),
        "200 OK\r\n".to_owned(),
    ];
    let (url, asked) = serve_all("127.0.0.1:0", answers);
    let folder = Folder::new().file("app.manifest.json", &manifest(&url, "embed"));
    let answer = folder.prox("validate");
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let asked: Vec<String> = asked.iter().collect();
    assert!(!asked[0].contains("cookie:"), "{}", asked[0]);
    assert!(asked[1].contains("cookie: a=1; old=x\r\n"), "{}", asked[1]);
    assert!(asked[2].contains("cookie: a=1; b=2\r\n"), "{}", asked[2]);
}

#[test]
fn commands_name_the_file_that_can_be_imported() {
    for (file, text) in [
        ("Procfile", "web: node server.js\n"),
        ("Procfile.dev", "web: node server.js\n"),
        (
            "process-compose.yaml",
            "processes: {web: {command: node .}}",
        ),
        (
            "ecosystem.config.js",
            "module.exports = {apps: [{name: 'a', script: 'a.js'}]}",
        ),
        ("package.json", r#"{"scripts": {"start": "node ."}}"#),
    ] {
        let folder = Folder::new().file(file, text).file(
            "package.json",
            r#"{"name": "plain", "scripts": {"start": "node ."}}"#,
        );
        let advice = format!("prox import {file} --output prox.yaml");
        for (command, code) in [("init", 1), ("up -d", 3), ("status", 3), ("doctor", 0)] {
            let answer = folder.prox(command);
            assert_eq!(answer.code, code, "{command}: {}", answer.stderr);
            // The report may break the line.
            let said: String = format!("{}{}", answer.stdout, answer.stderr)
                .replace(['│', '\n'], " ")
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            assert!(said.contains(&advice), "{file} {command}: {said}");
        }
        let advised = folder.prox(advice.trim_start_matches("prox "));
        assert_eq!(advised.code, 0, "{}", advised.stderr);
        assert_eq!(folder.prox("config check").code, 0, "{file}");
    }
    // A project that `init` knows is prepared.
    let folder = Folder::new().file("package.json", VITE);
    assert!(
        folder
            .prox("doctor")
            .stdout
            .contains("`prox init` creates one")
    );
}

#[test]
fn validate_fetches_from_ipv6_and_not_with_no_fetch() {
    let (url, asked) = serve_all("[::1]:0", vec!["200 OK\r\n".to_owned()]);
    let folder = Folder::new()
        .file("app.manifest.json", &manifest(&url, "embed"))
        .file("src/x", "");
    let answer = folder.prox("validate --no-fetch");
    assert_eq!(answer.code, 0);
    assert!(!answer.stdout.contains("window"), "{}", answer.stdout);
    assert!(asked.try_recv().is_err());
    let answer = folder.prox_in("src", "validate");
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    assert!(asked.recv().is_ok());
}

/// Starts a server that completes TLS handshakes and answers requests until the test ends. Returns
/// its port.
fn serve_tls(config: ServerConfig) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let config = Arc::new(config);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            let mut request = [0; 2_000];
            // Clients that do not trust the certificate disconnect here.
            if stream.read(&mut request).is_ok() {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
            }
        }
    });
    port
}

fn tls() -> rustls::ConfigBuilder<ServerConfig, rustls::server::WantsServerCert> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
}

#[test]
fn an_https_address_is_asked_when_its_certificate_is_trusted() {
    let folder = Folder::new();
    let authorities = folder.path().join("home/.local/state/prox/ca");
    let authority = Authority::open(&authorities, "localhost").unwrap();
    let port = serve_tls(tls().with_cert_resolver(Arc::new(authority)));
    let folder = folder.file(
        "app.manifest.json",
        &manifest(&format!("https://web.localhost:{port}/"), "embed"),
    );
    let answer = folder.prox("validate");
    assert_eq!(answer.code, 0, "{}{}", answer.stdout, answer.stderr);
    assert!(
        answer.stdout.contains("can show it in a window") && answer.stdout.contains("`prox trust`"),
        "{}",
        answer.stdout
    );

    // Another authority for the same names.
    let other = serve_tls(tls().with_cert_resolver(Arc::new(
        Authority::open(&folder.path().join("elsewhere"), "localhost").unwrap(),
    )));
    let folder = folder.file(
        "app.manifest.json",
        &manifest(&format!("https://web.localhost:{other}/"), "embed"),
    );
    let answer = folder.prox("validate");
    assert_eq!(answer.code, 1);
    assert!(
        answer.stderr.contains("that this machine does not trust")
            && answer.stderr.contains("https_port"),
        "{}",
        answer.stderr
    );
    assert_eq!(
        folder.prox("validate --json").json()["code"],
        "CERTIFICATE_UNTRUSTED"
    );
}

#[test]
fn self_signed_certificate_and_plain_http_differ() {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let config = tls()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let told = |url: &str| {
        let folder = Folder::new().file("app.manifest.json", &manifest(url, "embed"));
        let answer = folder.prox("validate");
        (answer.code, answer.stderr)
    };
    let (code, said) = told(&format!("https://localhost:{}/", serve_tls(config)));
    assert_eq!(code, 1);
    assert!(said.contains("self-signed"), "{said}");

    let (code, said) = told(&serve("").replace("http:", "https:"));
    assert_eq!(code, 6);
    assert!(said.contains("does not speak https"), "{said}");
}

#[test]
fn a_name_below_localhost_is_this_machine() {
    let url = serve("").replace("127.0.0.1", "surely-no-resolver-knows.localhost");
    let folder = Folder::new().file("app.manifest.json", &manifest(&url, "embed"));
    let answer = folder.prox("validate");
    assert_eq!(answer.code, 0, "{}", answer.stderr);
}

#[test]
fn an_app_that_does_not_run_or_is_invalid_is_reported() {
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
fn permissions_are_described_in_words() {
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
    assert_eq!(
        json["permissions"],
        serde_json::json!([{
            "name": "ai:use",
            "meaning": "hand what it may read to the space's AI actions",
            "reason": "Sums your notes up.",
        }])
    );

    let modest = r#"{"schemaVersion": 1, "id": "b", "name": "B", "devUrl": "http://localhost:1/",
        "mode": "tab", "permissions": []}"#;
    let folder = folder.file("modest.json", modest);
    let answer = folder.prox("inspect permissions modest.json");
    assert_eq!(
        (answer.code, answer.stdout.as_str()),
        (0, "B requests nothing.\n")
    );
    assert_eq!(folder.prox("inspect permissions none.json").code, 3);
}

#[test]
fn the_doctor_looks_at_machine_and_project() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let folder = Folder::new().file(
        "prox.yaml",
        &format!("processes: {{web: surely-not-installed --now}}\nservices: {{web: {port}}}\nproxy: {{http_port: 0}}"),
    );
    let answer = folder.prox("doctor");
    assert_eq!(answer.code, 0, "{}", answer.stdout);
    for part in [
        "prox.yaml is valid",
        "`surely-not-installed`, which is not in the search path",
        &format!("{port} is taken by another program, which would answer in place of web"),
        "of 101 ports are free",
        "no project runs",
    ] {
        assert!(answer.stdout.contains(part), "{part}: {}", answer.stdout);
    }
    let folder = folder.file(
        "prox.yaml",
        &format!("services: {{web: 1}}\nproxy: {{http_port: {port}}}"),
    );
    let answer = folder.prox("doctor");
    assert_eq!(answer.code, 1, "{}", answer.stdout);
    assert!(
        answer.stdout.contains("and `prox up` would fail"),
        "{}",
        answer.stdout
    );
    let folder = folder.file("prox.yaml", "processes: {}\nnonsense: 1");
    let answer = folder.prox("doctor --json");
    assert_eq!(answer.code, 1);
    assert_eq!(answer.json()["ok"], false);
}

/// A folder with programs that come first in the search path.
fn with_program(folder: Folder, name: &str, mode: u32) -> Folder {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder.file(&format!("bin/{name}"), "#!/bin/sh\necho v9.0.0\n");
    let path = folder.path().join("bin").join(name);
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    folder
}

#[test]
fn the_doctor_looks_for_programs_where_the_shell_would() {
    let folder = Folder::new().file(
        "prox.yaml",
        "processes: {a: mine, b: no-program, c: cd x && y, d: ./here, e: 'A=1 run', f: gone}\nproxy: {enabled: false}",
    );
    let folder = with_program(with_program(folder, "mine", 0o755), "no-program", 0o644);
    let path = format!("{}:/nowhere", folder.path().join("bin").display());
    let answer = folder.prox_with("doctor --json", &[("PATH", &path)]);
    let json = answer.json();
    let findings = json["findings"].as_array().unwrap();
    let of = |name: &str| {
        let named = findings.iter().filter(|finding| finding["name"] == name);
        let told = named.map(|f| {
            format!(
                "{} {}",
                f["state"].as_str().unwrap(),
                f["message"].as_str().unwrap()
            )
        });
        told.collect::<Vec<_>>()
    };
    assert_eq!(
        of("command"),
        [
            "note b runs `no-program`, which is not in the search path",
            "note f runs `gone`, which is not in the search path"
        ]
    );
    assert_eq!(of("node"), ["note is not there"]);
    // Without a shell, no process can start.
    assert_eq!(of("sh"), ["fault is not there"]);
    assert_eq!(answer.code, 1);
}

#[test]
fn the_doctor_does_not_wait_for_a_tool_that_hangs() {
    let folder = with_program(Folder::new(), "docker", 0o755)
        .file("bin/docker", "#!/bin/sh\nexec sleep 1000\n");
    let path = format!(
        "{}:{}",
        folder.path().join("bin").display(),
        std::env::var("PATH").unwrap()
    );
    let answer = folder.prox_with("doctor", &[("PATH", &path)]);
    assert_eq!(answer.code, 0, "{}", answer.stdout);
    assert!(
        answer
            .stdout
            .contains("bin/docker does not report a version"),
        "{}",
        answer.stdout
    );
}

#[test]
fn the_doctor_reports_packages_that_need_another_node() {
    let folder = Folder::new()
        .file(
            "prox.yaml",
            "processes: {web: x, again: y}\nproxy: {enabled: false}",
        )
        .file(
            "package.json",
            &VITE.replacen('{', r#"{"engines": {"node": ">=8"}, "#, 1),
        );
    let folder = with_program(folder, "node", 0o755);
    let path = format!(
        "{}:{}",
        folder.path().join("bin").display(),
        std::env::var("PATH").unwrap()
    );
    let told = |folder: &Folder| {
        let answer = folder.prox_with("doctor", &[("PATH", &path)]);
        assert_eq!(answer.code, 0, "{}", answer.stdout);
        let lines = answer
            .stdout
            .lines()
            .filter(|line| line.contains("engines"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(told(&folder), Vec::<String>::new());
    let folder = folder.file(
        "node_modules/vite/package.json",
        r#"{"name": "vite", "engines": {"node": "^20.19.0 || >=22.12.0"}}"#,
    );
    let lines = told(&folder);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].contains("vite in ")
            && lines[0].ends_with("needs node ^20.19.0 || >=22.12.0, and this is 9.0.0"),
        "{lines:?}"
    );
    let folder = folder.file(
        "node_modules/vite/package.json",
        r#"{"name": "vite", "engines": {"node": ">=8, <10"}}"#,
    );
    let lines = told(&folder);
    assert!(
        lines[0].ends_with(
            "requires node `>=8, <10`, which is not a range: separate its parts with spaces, without commas"
        ),
        "{lines:?}"
    );
    let folder = folder.file(
        "node_modules/vite/package.json",
        r#"{"name": "vite", "engines": {"node": ">=8 <10"}}"#,
    );
    assert_eq!(told(&folder), Vec::<String>::new());
}

#[test]
fn the_doctor_finds_faults_in_your_defaults_and_in_state_files() {
    let folder = Folder::new()
        .file("home/.config/prox/config.yaml", "nonsense: 1")
        .file("home/.local/state/prox/instances/0123456789ab.json", "{");
    let answer = folder.prox("doctor");
    assert_eq!(answer.code, 1);
    let faults: Vec<&str> = answer
        .stdout
        .lines()
        .filter_map(|line| line.strip_prefix("FAULT  "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(faults, ["defaults", "state"], "{}", answer.stdout);
}

#[test]
fn doctor_accepts_ports_of_its_own_running_project() {
    let free = || {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let (proxy, own, foreign) = (free(), free(), TcpListener::bind("127.0.0.1:0").unwrap());
    let foreign = (foreign.local_addr().unwrap().port(), foreign);
    let folder = Folder::new().file(
        "prox.yaml",
        &format!(
            "processes: {{web: sleep 1000}}\nservices: {{web: {{port: 1, listen: {own}}}, db: {}}}\nproxy: {{http_port: {proxy}}}",
            foreign.0
        ),
    );
    let answer = folder.prox("doctor");
    assert_eq!(answer.code, 0, "{}", answer.stdout);
    for port in [proxy, own] {
        let free = format!("{port} is free");
        assert!(answer.stdout.contains(&free), "{free}: {}", answer.stdout);
    }
    // Nothing in this project would listen there.
    assert!(!answer.stdout.contains("service port"), "{}", answer.stdout);

    let up = folder.prox("up -d");
    let answer = folder.prox("doctor");
    let down = folder.prox("down");
    assert_eq!((up.code, down.code), (0, 0), "{}{}", up.stderr, down.stderr);
    assert_eq!(answer.code, 0, "{}", answer.stdout);
    assert!(
        answer.stdout.contains("one project runs"),
        "{}",
        answer.stdout
    );
    assert!(!answer.stdout.contains("proxy port"), "{}", answer.stdout);
}

/// `prox init` on a terminal on which this line is typed.
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
    // Read while it writes, because the terminal's buffer is small. At the end, reading fails
    // instead of returning no bytes.
    let mut shown = Vec::new();
    let mut part = [0; 1_000];
    while let Ok(length @ 1..) = master.read(&mut part) {
        shown.extend_from_slice(&part[..length]);
    }
    assert!(child.wait().unwrap().success());
    String::from_utf8_lossy(&shown).into_owned()
}

#[test]
fn init_asks_before_it_changes_files() {
    let folder = Folder::new().file("index.html", "<p>");
    let shown = init_on_a_terminal(&folder, "\n");
    assert!(shown.contains("Make these changes? [y/N]"), "{shown}");
    assert!(shown.contains("Nothing was changed."), "{shown}");
    assert!(!folder.path().join("prox.yaml").exists());

    let shown = init_on_a_terminal(&folder, "y\n");
    assert!(shown.contains("Done."), "{shown}");
    assert_eq!(folder.prox("config check").code, 0);
}
