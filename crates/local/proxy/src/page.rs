//! The pages of the proxy itself, for requests that no service answers: HTML, JSON or text, by the
//! client's `Accept` header.

use http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER,
};
use http::{Response, StatusCode};

use super::response_body::ResponseBody;
use super::route::Routes;
use super::targets::Targets;
use prox_events::{ProcessView, Status};

/// A page of the proxy.
pub(super) struct Page<'a> {
    status: StatusCode,
    /// Code for programs.
    code: &'static str,
    title: String,
    /// Text in sentences.
    text: Vec<String>,
    /// Commands that may help.
    commands: Vec<String>,
    /// Whether the client should try again soon.
    retry: bool,
    /// Services to list.
    services: Vec<Link<'a>>,
}

struct Link<'a> {
    name: &'a str,
    url: String,
    state: String,
}

impl<'a> Page<'a> {
    fn new(status: StatusCode, code: &'static str, title: String) -> Self {
        Self {
            status,
            code,
            title,
            text: Vec::new(),
            commands: Vec::new(),
            retry: false,
            services: Vec::new(),
        }
    }

    /// The page of the domain itself, with all services.
    pub(super) fn index(
        routes: &'a Routes,
        targets: &dyn Targets,
        scheme: &str,
        port: u16,
    ) -> Self {
        let title = format!("Services of {}", routes.domain());
        Self {
            services: links(routes, targets, scheme, port),
            ..Self::new(StatusCode::OK, "INDEX", title)
        }
    }

    /// The page of a subdomain without a service.
    pub(super) fn unknown(
        routes: &'a Routes,
        targets: &dyn Targets,
        host: &str,
        scheme: &str,
        port: u16,
    ) -> Self {
        let title = format!("No service has the name {host}");
        Self {
            text: vec!["These are in `services` of prox.yaml:".to_owned()],
            services: links(routes, targets, scheme, port),
            ..Self::new(StatusCode::NOT_FOUND, "SERVICE_NOT_FOUND", title)
        }
    }

    /// The page of a host that is not below the domain. It reveals nothing about the project,
    /// because any website may have sent the request.
    pub(super) fn foreign(host: &str) -> Self {
        let title = match host {
            "" => "A request that names no host, or several, is not served here".to_owned(),
            host => format!("{host} is not served here"),
        };
        Self {
            text: vec![
                "prox answers only for the names of its own domain. A service can get a port of \
                 its own (`listen`) that answers for every name."
                    .to_owned(),
            ],
            ..Self::new(StatusCode::MISDIRECTED_REQUEST, "HOST_NOT_SERVED", title)
        }
    }

    /// The page of a request that returned to this proxy (a loop).
    pub(super) fn looping(service: &str, address: &str) -> Self {
        let title = format!("{service} leads back to prox");
        Self {
            text: vec![format!(
                "The service's address, {address}, is a port of a proxy that sends the request \
                 here again. Give `services.{service}` the port on which the process itself \
                 listens."
            )],
            ..Self::new(StatusCode::LOOP_DETECTED, "PROXY_LOOP", title)
        }
    }

    /// The page of `CONNECT`, which a reverse proxy does not support.
    pub(super) fn no_tunnel() -> Self {
        let title = "prox is not a forward proxy".to_owned();
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", title)
    }

    /// The page of a service that does not accept connections.
    pub(super) fn down(
        service: &str,
        address: &str,
        error: Option<&std::io::Error>,
        process: Option<&ProcessView>,
        waited: bool,
    ) -> Self {
        let (title, reason) = match error {
            Some(error) => (
                "does not answer",
                format!("Nothing accepts connections on {address}: {error}."),
            ),
            None => (
                "is not running",
                format!("If something else listens on {address}, it gets no request of {service}."),
            ),
        };
        let mut page = Self::new(
            StatusCode::BAD_GATEWAY,
            "SERVICE_DOWN",
            format!("{service} {title}"),
        );
        page.text.push(reason);
        let Some(process) = process else {
            page.text.push(format!(
                "No process of prox.yaml is called {service}, so prox does not start it."
            ));
            return page;
        };
        page.text.push(describe(process));
        match process.status {
            Status::Starting | Status::Waiting | Status::Stopping => page.retry = true,
            Status::Running => {
                page.retry = waited;
                page.text.push(format!(
                    "If it listens on another port ({}), change `services.{service}`.",
                    ports(process)
                ));
            }
            _ => page.commands.push(format!("prox start {service}")),
        }
        if page.retry {
            page.status = StatusCode::GATEWAY_TIMEOUT;
        }
        page.commands.push(format!("prox logs --process {service}"));
        page
    }

    /// The page of a service that closed the connection before it responded.
    pub(super) fn broken(service: &str, error: &str) -> Self {
        let title = format!("{service} closed the connection before it responded");
        Self {
            text: vec![format!("The connection ended: {error}.")],
            commands: vec![format!("prox logs --process {service}")],
            ..Self::new(StatusCode::BAD_GATEWAY, "SERVICE_BROKE_OFF", title)
        }
    }

    /// The title: the error in one line.
    pub(super) fn title(&self) -> &str {
        &self.title
    }

    /// The HTTP status.
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// The response in the format that the client prefers.
    pub(super) fn response(&self, request_headers: &HeaderMap) -> Response<ResponseBody> {
        let (kind, body) = match preferred(request_headers) {
            Kind::Html => ("text/html; charset=utf-8", self.html()),
            Kind::Json => ("application/json", self.json()),
            Kind::Text => ("text/plain; charset=utf-8", self.plain()),
        };
        let length = HeaderValue::from(body.len());
        let mut response = Response::new(ResponseBody::Page(Some(body.into())));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(CONTENT_LENGTH, length);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert("x-prox-error", HeaderValue::from_static(self.code));
        if self.retry {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }

    fn json(&self) -> String {
        let services: Vec<_> = self
            .services
            .iter()
            .map(|Link { name, url, state }| {
                serde_json::json!({"name": name, "url": url, "state": state})
            })
            .collect();
        let document = if self.status == StatusCode::OK {
            serde_json::json!({"services": services})
        } else {
            let error = format!("{}. {}", self.title, self.text.join(" "));
            serde_json::json!({"error": error, "code": self.code, "services": services})
        };
        format!("{document}\n")
    }

    fn plain(&self) -> String {
        let mut lines = vec![self.title.clone()];
        lines.extend(self.text.iter().cloned());
        for link in &self.services {
            lines.push(format!("  {}  {}", link.url, link.state));
        }
        for command in &self.commands {
            lines.push(format!("  $ {command}"));
        }
        lines.join("\n") + "\n"
    }

    fn html(&self) -> String {
        let mut body = format!("<h1>{}</h1>", escape(&self.title));
        for text in &self.text {
            body.push_str(&format!("<p>{}</p>", escape(text)));
        }
        if !self.services.is_empty() {
            body.push_str("<ul>");
            for Link { name, url, state } in &self.services {
                body.push_str(&format!(
                    "<li><a href=\"{}\">{}</a> <small>{}</small></li>",
                    escape(url),
                    escape(name),
                    escape(state)
                ));
            }
            body.push_str("</ul>");
        }
        for command in &self.commands {
            body.push_str(&format!("<pre>{}</pre>", escape(command)));
        }
        let refresh = if self.retry {
            "<meta http-equiv=\"refresh\" content=\"2\">"
        } else {
            ""
        };
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\">{refresh}<title>{}</title>\
             <style>{STYLE}</style></head><body><main>{body}</main></body></html>\n",
            escape(&self.title)
        )
    }
}

const STYLE: &str = ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;\
    margin:0}main{max-width:40rem;margin:12vh auto;padding:0 1.5rem}h1{font-size:1.4rem;\
    line-height:1.25}pre{padding:.6rem .8rem;border:1px solid #8886;border-radius:6px;\
    overflow:auto}li{margin:.3rem 0}small{opacity:.7}";

fn links<'a>(routes: &'a Routes, targets: &dyn Targets, scheme: &str, port: u16) -> Vec<Link<'a>> {
    routes
        .all()
        .map(|route| Link {
            name: &route.name,
            url: format!("{scheme}://{}.{}:{port}/", route.name, routes.domain()),
            state: targets.process(&route.name).map_or_else(
                || route.address.to_string(),
                |process| format!("{}, {}", route.address, status(process.status)),
            ),
        })
        .collect()
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Running => "running",
        Status::Stopped => "stopped",
        Status::Starting => "starting",
        Status::Stopping => "stopping",
        Status::Crashed => "crashed",
        Status::Waiting => "waiting",
        Status::Blocked => "blocked",
        Status::Completed => "completed",
    }
}

fn describe(process: &ProcessView) -> String {
    let mut text = format!("Its process is {}", status(process.status));
    match (process.exit_code, process.signal) {
        _ if matches!(process.status, Status::Running | Status::Starting) => {}
        (_, Some(signal)) => text.push_str(&format!(" (signal {signal})")),
        (Some(code), None) => text.push_str(&format!(" (exit code {code})")),
        (None, None) => {}
    }
    if let Some(reason) = &process.reason {
        text.push_str(&format!(": {reason}"));
    }
    text + "."
}

fn ports(process: &ProcessView) -> String {
    if process.ports.is_empty() {
        return "now it listens on none".to_owned();
    }
    let ports: Vec<_> = process.ports.iter().map(u16::to_string).collect();
    format!("now it listens on {}", ports.join(", "))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Html,
    Json,
    Text,
}

/// The first supported format in `Accept`; text when there is none.
fn preferred(headers: &HeaderMap) -> Kind {
    let accept = headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    for range in accept.split(',') {
        match range.split(';').next().unwrap_or_default().trim() {
            "text/html" | "application/xhtml+xml" => return Kind::Html,
            "application/json" => return Kind::Json,
            "text/plain" => return Kind::Text,
            kind if kind.ends_with("+json") => return Kind::Json,
            _ => {}
        }
    }
    Kind::Text
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_gets_its_preferred_format() {
        for (accept, kind) in [
            ("text/html,application/xhtml+xml,*/*;q=0.8", Kind::Html),
            ("application/json, text/plain, */*", Kind::Json),
            ("application/problem+json", Kind::Json),
            ("*/*", Kind::Text),
            ("", Kind::Text),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, accept.parse().unwrap())]);
            assert_eq!(preferred(&headers), kind, "{accept}");
        }
    }

    #[test]
    fn text_from_clients_is_escaped() {
        let page = Page::foreign("<script>alert(1)</script>");
        assert!(!page.html().contains("<script>"));
    }
}
