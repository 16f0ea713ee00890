//! Sends email through the deployment's mail service (`MAIL_URL`, `MAIL_TOKEN`, `MAIL_FROM`).
//! Without one, email is only logged. Never logs an address or a text.

use std::sync::{Arc, OnceLock};

use http::Method;
use prox_api::egress::{self, Outbound};
use prox_api::ports::{Email, Log, Mail};
use serde_json::json;
use worker::send::SendWrapper;
use worker::{Env, Result, console_error};

use crate::background::Background;
use crate::ports::{Console, with_mail};
use crate::settings::text;

/// The mailer that the deployment's settings select.
pub(crate) fn mailer(env: &Env, background: &Background) -> Arc<dyn Mail> {
    match service(env) {
        Some(service) => Arc::new(HttpMailer {
            env: SendWrapper::new(env.clone()),
            background: background.clone(),
            service: service.clone(),
        }),
        None => Arc::new(Unsent),
    }
}

/// The mail service, if there is one. Read once for each isolate.
fn service(env: &Env) -> Option<&'static Service> {
    static SERVICE: OnceLock<Option<Service>> = OnceLock::new();
    let read = || {
        Some(Service {
            url: text(env, "MAIL_URL")?,
            token: text(env, "MAIL_TOKEN")?,
            from: text(env, "MAIL_FROM")?,
        })
    };
    SERVICE.get_or_init(read).as_ref()
}

/// The mailer of a deployment without a mail service: it only logs.
struct Unsent;

impl Mail for Unsent {
    fn send(&self, email: Email) {
        Console.write(&json!({ "mail": "unsent", "subject": email.subject }).to_string());
    }
}

/// A service that accepts email as JSON over HTTPS.
#[derive(Clone)]
struct Service {
    url: String,
    token: String,
    from: String,
}

struct HttpMailer {
    env: SendWrapper<Env>,
    background: Background,
    service: Service,
}

impl Mail for HttpMailer {
    fn send(&self, email: Email) {
        let (env, background) = (self.env.clone(), self.background.clone());
        let service = self.service.clone();
        self.background.run(async move {
            let subject = email.subject.clone();
            let outcome = match post(&env, background, service, email).await {
                Ok(status @ 200..300) => {
                    json!({ "mail": "sent", "subject": subject, "status": status })
                }
                Ok(status) => json!({ "mail": "refused", "subject": subject, "status": status }),
                Err(error) => {
                    console_error!("an email was not sent: {error}");
                    return;
                }
            };
            Console.write(&outcome.to_string());
        });
    }
}

/// Posts an email through the guard, as every outbound request. Answers the status.
async fn post(env: &Env, background: Background, service: Service, email: Email) -> Result<u16> {
    let ports = with_mail(env, background, Arc::new(Unsent))?;
    let body = json!({
        "from": service.from,
        "to": email.to,
        "subject": email.subject,
        "text": email.text,
    });
    let request = Outbound {
        method: Method::POST,
        body: Some(body.to_string().into_bytes()),
        redirects: 0,
        ..Outbound::get(service.url)
    }
    .header("content-type", "application/json")
    .header("authorization", format!("Bearer {}", service.token));
    let answer = egress::fetch(&ports, request)
        .await
        .map_err(|why| worker::Error::from(why.to_string()))?;
    Ok(answer.status)
}
