//! The worker's client of an organization's room: the internal requests between the two.
//! The room's side is in [`crate::durable`].

use prox_types::OrganizationId;
use prox_types::durable::room::{Admission, Notice, NoticeContent, Poke};
use worker::js_sys::encode_uri_component;
use worker::web_sys::{self, Response};
use worker::{
    Env, Error, Headers, Method, ObjectNamespace, Request, RequestInit, Result, Stub, console_error,
};

/// The origin of internal requests. Never resolved: rooms are reached through their binding.
const ORIGIN: &str = "https://room";

/// The rooms of all organizations.
#[derive(Clone)]
pub struct Rooms(ObjectNamespace);

impl Rooms {
    /// # Errors
    /// When the binding `ROOM` is missing.
    pub fn of(env: &Env) -> Result<Self> {
        env.durable_object("ROOM").map(Self)
    }

    /// Delivers a notice to its room.
    ///
    /// # Errors
    /// When the room cannot be reached or fails.
    pub async fn deliver(&self, notice: &Notice) -> Result<()> {
        let room = self.room(notice.organization_id)?;
        post(&room, ORIGIN, &serde_json::to_string(notice)?).await
    }

    /// Passes an authorized upgrade to its room. The response contains the websocket.
    ///
    /// # Errors
    /// When the room cannot be reached or fails.
    pub async fn enter(&self, admission: &Admission) -> Result<Response> {
        let headers = Headers::new();
        headers.set("upgrade", "websocket")?;
        let mut init = RequestInit::new();
        init.with_headers(headers);
        // In the URL, because the client's epoch may contain characters that a header cannot.
        let text = String::from(encode_uri_component(&serde_json::to_string(admission)?));
        let request = Request::new_with_init(&format!("{ORIGIN}/?admission={text}"), &init)?;
        let response = self
            .room(admission.organization_id())?
            .fetch_with_request(request)
            .await?;
        match response.status_code() {
            101 => Ok(web_sys::Response::from(response)),
            status => Err(Error::from(format!("the room answered {status}"))),
        }
    }

    fn room(&self, organization: OrganizationId) -> Result<Stub> {
        self.0.id_from_name(&organization.to_string())?.get_stub()
    }
}

/// Delivers a poke to the room of an organization. One that is lost is only logged.
pub async fn poke(env: &Env, organization: OrganizationId, poke: Poke) {
    let notice = Notice {
        organization_id: organization,
        content: NoticeContent::Pokes(vec![poke]),
    };
    let delivered = async { Rooms::of(env)?.deliver(&notice).await };
    if let Err(error) = delivered.await {
        console_error!("a poke was lost, the sweep will find it: {error}");
    }
}

/// Posts a text to a Durable Object. `origin` is in no DNS: it only says in errors which object it was.
pub(crate) async fn post(object: &Stub, origin: &str, body: &str) -> Result<()> {
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_body(Some(body.into()));
    let request = Request::new_with_init(origin, &init)?;
    match object.fetch_with_request(request).await?.status_code() {
        200..300 => Ok(()),
        status => Err(Error::from(format!("{origin} answered {status}"))),
    }
}
