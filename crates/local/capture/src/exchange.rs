//! The types of a captured request, in the local API and on disk. No I/O.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use prox_events::RequestView;

/// A request with all that was captured of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RequestDetail {
    /// The request as lists show it.
    #[serde(flatten)]
    pub view: RequestView,
    /// Headers and bodies; null when the request was not captured.
    pub exchange: Option<Exchange>,
}

/// One request and its response.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Exchange {
    /// Scheme by which the client reached the proxy: `http` or `https`.
    pub scheme: String,
    /// HTTP version of the client's request, such as `HTTP/1.1`.
    pub http_version: String,
    /// Address of the service: `host:port`.
    pub target: String,
    /// The client's request.
    pub request: Message,
    /// The service's response; without headers when there was none.
    pub response: Message,
    /// Why the exchange failed; omitted when it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Id of the request that this one replays; omitted for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay_of: Option<String>,
}

impl Exchange {
    /// The size that the client declared or sent for the request's body, in bytes. Fewer bytes may
    /// have passed: the client may have disconnected, or the response may have come first.
    #[must_use]
    pub fn request_size(&self) -> u64 {
        let said = self.request.header("content-length");
        let said = said.and_then(|length| length.parse().ok()).unwrap_or(0);
        self.request.body.size.max(said)
    }

    /// Whether the end of the request's body is missing.
    #[must_use]
    pub fn is_request_cut(&self) -> bool {
        self.request.body.cut || self.request.body.kept < self.request_size()
    }
}

/// The headers and the body of a request or a response.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Message {
    /// Headers in their order, with secrets replaced by `[redacted]`.
    pub headers: Vec<Header>,
    /// Trailers: headers that came after the body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trailers: Vec<Header>,
    /// The body.
    pub body: Payload,
}

impl Message {
    /// All values of a list header, such as `content-encoding`, joined by commas. The name is given
    /// in lower case.
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
    /// Name in lower case.
    pub name: String,
    /// Value. Invalid UTF-8 is replaced.
    pub value: String,
}

/// A captured body.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Payload {
    /// Number of bytes that passed the proxy, content codings included.
    pub size: u64,
    /// Number of bytes that are stored, from the beginning of the body.
    pub kept: u64,
    /// Whether a request of undeclared length ended before its body did: the client disconnected,
    /// or the response came first. Omitted when false.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
    /// Stored content; omitted unless the request includes bodies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
}

/// A body's content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Content {
    /// Encoding of `data`.
    pub encoding: Encoding,
    /// Content after decoding every content coding that `prox` knows.
    pub data: String,
    /// What could not be decoded, or is missing; omitted when nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The encoding of bytes as a JSON string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Encoding {
    /// UTF-8 text.
    #[serde(rename = "utf-8")]
    Utf8,
    /// Base64 with padding (RFC 4648).
    #[serde(rename = "base64")]
    Base64,
}
