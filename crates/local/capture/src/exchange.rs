//! The types of a captured request, in the API and on disk. No I/O.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use prox_events::RequestView;

/// A request with everything that is known about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RequestDetail {
    /// What the list shows.
    #[serde(flatten)]
    pub view: RequestView,
    /// None when it was not captured.
    pub exchange: Option<Exchange>,
}

/// What was said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Exchange {
    /// `http` or `https`: how the client reached the proxy.
    pub scheme: String,
    /// The client's, as `HTTP/1.1`.
    pub http_version: String,
    /// The service's `host:port`.
    pub target: String,
    /// What the client sent.
    pub request: Message,
    /// What the service answered; without headers when there was no answer.
    pub response: Message,
    /// Why it did not end well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The request that this one repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay_of: Option<String>,
}

impl Exchange {
    /// How many bytes the request's body has, whether they all passed or not: the client may have
    /// gone away, or the answer may have come before.
    #[must_use]
    pub fn asked_size(&self) -> u64 {
        let said = self.request.header("content-length");
        let said = said.and_then(|length| length.parse().ok()).unwrap_or(0);
        self.request.body.size.max(said)
    }

    /// Whether the end of the request's body is missing.
    #[must_use]
    pub fn is_request_cut(&self) -> bool {
        self.request.body.cut || self.request.body.kept < self.asked_size()
    }
}

/// One direction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Message {
    /// In their order; names in lower case; secrets replaced.
    pub headers: Vec<Header>,
    /// Headers after the body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trailers: Vec<Header>,
    /// The body.
    pub body: Payload,
}

impl Message {
    /// All values of a list, such as `Content-Encoding`, in one line.
    #[must_use]
    pub fn list(&self, name: &str) -> String {
        let named = self.headers.iter().filter(|header| header.name == name);
        let values: Vec<&str> = named.map(|header| header.value.as_str()).collect();
        values.join(",")
    }

    /// The first header of a name, given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|header| header.name == name)
            .map(|header| header.value.as_str())
    }
}

/// One header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Header {
    /// In lower case.
    pub name: String,
    /// Invalid UTF-8 is replaced.
    pub value: String,
}

/// A body.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Payload {
    /// How many bytes passed, before any content coding is undone.
    pub size: u64,
    /// How many of them, from the beginning, are kept.
    pub kept: u64,
    /// Of a request that said no length: that the end of its body did not come. The client broke
    /// off, or the answer came before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// The content, when it was asked for and is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
}

/// A body's content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Content {
    /// How `data` says it.
    pub encoding: Encoding,
    /// The content, content codings undone as far as they are known.
    pub data: String,
    /// What could not be undone, or is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How bytes are written in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Encoding {
    /// As text.
    #[serde(rename = "utf-8")]
    Utf8,
    /// RFC 4648, with padding.
    #[serde(rename = "base64")]
    Base64,
}
