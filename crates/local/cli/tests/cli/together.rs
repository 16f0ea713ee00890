//! All parts together: a project with tasks, dependencies, health checks, the proxy and its
//! captured requests, observed from outside.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use serde_json::Value;

use crate::support::{Project, TEST_TIMEOUT, until};

/// A small web server in Python, which every machine that runs these tests has.
const SERVER: &str = "import http.server,sys
class H(http.server.BaseHTTPRequestHandler):
  def do_GET(self):
    self.send_response(200); self.end_headers(); self.wfile.write(b'hello from '+self.path.encode())
  def log_message(self, f, *a): print('{\"level\":\"info\",\"msg\":\"'+self.path+'\"}', flush=True)
http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), H).serve_forever()
";

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn get(port: u16, host: &str, path: &str) -> String {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
    socket.set_read_timeout(Some(TEST_TIMEOUT)).unwrap();
    write!(
        socket,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_request_travels_through_all_of_it() {
    let (proxy, web) = (free_port(), free_port());
    let project = Project::new(&format!(
        "
processes:
  web:
    cmd: 'test -f migrated && exec python3 server.py {web}'
    depends_on: [migrate, disk]
    healthcheck: {{http: 'http://127.0.0.1:{web}/health', interval: 100ms}}
tasks: {{migrate: 'sleep 0.2; touch migrated'}}
dependencies: {{disk: {{check: {{cmd: test -d /tmp}}}}}}
services: {{web: {web}}}
proxy: {{http_port: {proxy}}}
"
    ));
    std::fs::write(project.root().join("server.py"), SERVER).unwrap();
    let address = format!("\n\nhttp://web.localhost:{proxy}\n");
    for command in [["up", "-d"].as_slice(), &["status"]] {
        let done = project.ok(command);
        assert!(done.out.ends_with(&address), "{done:?}");
    }
    let answer = get(proxy, "web.localhost", "/greeting");
    assert!(answer.contains("hello from /greeting"), "{answer}");
    until("the captured request", || {
        let (status, body) = project.authorized("GET /api/v1/proxy/requests", "");
        assert_eq!(status, 200, "{body}");
        let body: Value = serde_json::from_str(&body).unwrap();
        let requests = body["requests"].as_array().unwrap();
        requests.iter().any(|request| {
            request["url"]
                .as_str()
                .is_some_and(|url| url.ends_with("/greeting"))
                && request["status_code"] == 200
                && request["subdomain"] == "web"
        })
    });
    let status = project.ok(&["status", "--json"]).json();
    assert_eq!(status["proxy"]["http_port"], proxy);
    assert_eq!(status["proxy"]["services"], serde_json::json!(["web"]));
    until("the request in the log", || {
        project
            .ok(&["logs", "proc:web", "/greeting"])
            .out
            .contains("INFO  /greeting")
    });
    project.ok(&["down"]);
    assert!(TcpStream::connect(("127.0.0.1", proxy)).is_err());
    assert!(TcpStream::connect(("127.0.0.1", web)).is_err());
}

#[test]
fn a_taken_port_of_the_proxy_is_named_before_anything_starts() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let project = Project::new(&format!(
        "processes: {{a: 'touch started; exec sleep 1000'}}\nservices: {{a: 3000}}\nproxy: {{http_port: {port}}}"
    ));
    let done = project.run(&["up", "-d"]);
    assert_eq!(done.code, 1, "{done:?}");
    assert!(done.err.contains(&port.to_string()), "{done:?}");
    assert!(!project.root().join("started").exists());
}

#[test]
fn a_program_on_the_port_of_a_crashed_process_is_not_shown() {
    let proxy = free_port();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for socket in other.incoming() {
            let _ = socket.unwrap().write_all(
                b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nforeign",
            );
        }
    });
    let project = Project::new(&format!(
        "processes: {{web: {{cmd: exit 3, restart: no}}, idle: sleep 1000}}\nservices: {{web: {port}, foreign: {port}}}\nproxy: {{http_port: {proxy}}}"
    ));
    let done = project.run(&["up", "-d"]);
    assert!(done.err.contains("exited with code 3"), "{done:?}");
    let answer = get(proxy, "web.localhost", "/");
    assert!(answer.starts_with("HTTP/1.1 502 "), "{answer}");
    assert!(answer.contains("web is not running"), "{answer}");
    assert!(!answer.contains("foreign"), "{answer}");
    // A service without a process is whatever listens there.
    let answer = get(proxy, "foreign.localhost", "/");
    assert!(answer.ends_with("foreign"), "{answer}");
    project.ok(&["down"]);
}
