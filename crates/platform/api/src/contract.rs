//! The OpenAPI document: the annotations of the handlers, completed by rules that hold for every
//! operation.
//!
//! utoipa describes each operation alone. Headers, conditional requests, problem responses and
//! required properties of responses follow from rules, and are written here once. This module is
//! not part of a release: the service serves the committed document, which a test compares with
//! this one.

use std::collections::{BTreeMap, BTreeSet};

use prox_types::ErrorCode;
use serde_json::{Map, Value, json};

mod patterns;

/// Error codes of single operations, in addition to those that follow from method, path and
/// parameters.
const OWN_CODES: [(&str, &[ErrorCode]); 53] = [
    (
        "begin_google",
        &[ErrorCode::NotFound, ErrorCode::ProviderFailed],
    ),
    (
        "finish_google",
        &[ErrorCode::NotFound, ErrorCode::ProviderFailed],
    ),
    ("list_unclaimed_events", &[ErrorCode::Forbidden]),
    ("create_organization", &[ErrorCode::SlugTaken]),
    (
        "update_organization",
        &[ErrorCode::Forbidden, ErrorCode::SlugTaken],
    ),
    (
        "delete_organization",
        &[ErrorCode::Forbidden, ErrorCode::Conflict],
    ),
    (
        "open_socket",
        &[ErrorCode::CrossSite, ErrorCode::UpgradeRequired],
    ),
    (
        "watch_space",
        &[ErrorCode::CrossSite, ErrorCode::UpgradeRequired],
    ),
    (
        "create_member",
        &[ErrorCode::Forbidden, ErrorCode::AlreadyMember],
    ),
    (
        "update_member",
        &[
            ErrorCode::Forbidden,
            ErrorCode::LastOwner,
            ErrorCode::PersonalOwner,
            ErrorCode::Conflict,
        ],
    ),
    (
        "delete_member",
        &[
            ErrorCode::Forbidden,
            ErrorCode::LastOwner,
            ErrorCode::PersonalOwner,
            ErrorCode::Conflict,
        ],
    ),
    (
        "create_instance",
        &[ErrorCode::Forbidden, ErrorCode::SlugTaken],
    ),
    (
        "update_instance",
        &[ErrorCode::Forbidden, ErrorCode::SlugTaken],
    ),
    (
        "delete_instance",
        &[ErrorCode::Forbidden, ErrorCode::Conflict],
    ),
    ("delete_connector", &[ErrorCode::Forbidden]),
    ("begin_slack_install", &[ErrorCode::Forbidden]),
    (
        "finish_slack_install",
        &[
            ErrorCode::Forbidden,
            ErrorCode::NotFound,
            ErrorCode::ProviderFailed,
        ],
    ),
    (
        "create_workspace",
        &[ErrorCode::Conflict, ErrorCode::LimitReached],
    ),
    ("create_space", &[ErrorCode::SlugTaken]),
    (
        "update_space",
        &[ErrorCode::Forbidden, ErrorCode::SlugTaken],
    ),
    ("delete_space", &[ErrorCode::Forbidden, ErrorCode::Conflict]),
    ("publish_space", &[ErrorCode::Forbidden]),
    ("unpublish_space", &[ErrorCode::Forbidden]),
    (
        "create_domain",
        &[ErrorCode::Forbidden, ErrorCode::HostnameTaken],
    ),
    ("delete_domain", &[ErrorCode::Forbidden]),
    (
        "verify_domain",
        &[ErrorCode::Forbidden, ErrorCode::HostnameTaken],
    ),
    (
        "report_notification",
        &[ErrorCode::NotFound, ErrorCode::LimitReached],
    ),
    ("create_item", &[ErrorCode::Forbidden, ErrorCode::Conflict]),
    ("delete_item", &[ErrorCode::Forbidden]),
    ("create_picture", &[ErrorCode::LimitReached]),
    (
        "create_grant",
        &[ErrorCode::Forbidden, ErrorCode::LimitReached],
    ),
    ("update_grant", &[ErrorCode::Forbidden]),
    ("delete_grant", &[ErrorCode::Forbidden]),
    (
        "create_share_link",
        &[ErrorCode::Forbidden, ErrorCode::LimitReached],
    ),
    ("delete_share_link", &[ErrorCode::Forbidden]),
    ("list_grants", &[ErrorCode::Forbidden]),
    ("list_share_links", &[ErrorCode::Forbidden]),
    ("get_exposure", &[ErrorCode::Forbidden]),
    ("view_as", &[ErrorCode::Forbidden]),
    (
        "keep_share_link",
        &[
            ErrorCode::NotFound,
            ErrorCode::LimitReached,
            ErrorCode::LinkEnded,
            ErrorCode::TooManyAttempts,
        ],
    ),
    ("get_space", &[ErrorCode::Forbidden]),
    ("delete_picture", &[ErrorCode::PictureInUse]),
    (
        "create_dataset",
        &[ErrorCode::SlugTaken, ErrorCode::LimitReached],
    ),
    ("update_dataset", &[ErrorCode::SlugTaken]),
    ("delete_dataset", &[ErrorCode::Forbidden]),
    ("create_column", &[ErrorCode::LimitReached]),
    ("create_row", &[ErrorCode::LimitReached]),
    ("create_import", &[ErrorCode::LimitReached]),
    ("update_import", &[ErrorCode::Conflict]),
    (
        "store_import",
        &[ErrorCode::Conflict, ErrorCode::LimitReached],
    ),
    (
        "apply_import",
        &[ErrorCode::Conflict, ErrorCode::LimitReached],
    ),
    (
        "create_collector",
        &[ErrorCode::Conflict, ErrorCode::LimitReached],
    ),
    ("update_item", &[ErrorCode::Forbidden, ErrorCode::Conflict]),
];

/// Operations whose request body is optional.
const OPTIONAL_BODY: [&str; 1] = ["publish_space"];

/// Schemas that have an ETag.
const VERSIONED: [&str; 6] = [
    "Space",
    "Item",
    "Preferences",
    "Workspace",
    "Dataset",
    "DatasetImport",
];

/// The tags and their descriptions.
const TAGS: [(&str, &str); 19] = [
    ("health", "The state of the service."),
    ("auth", "Sign-in, sign-out and sessions."),
    ("me", "The signed-in user."),
    (
        "organizations",
        "Tenants with members, instances and spaces.",
    ),
    (
        "realtime",
        "The websockets that tell clients which cached data is stale.",
    ),
    (
        "members",
        "Users who belong to an organization, and their roles.",
    ),
    ("instances", "Parts of an organization where events arrive."),
    ("events", "Reports of other systems to an instance."),
    ("admin", "Operations for platform admins."),
    ("connectors", "Links to other systems."),
    (
        "workspaces",
        "Virtual desktops of the signed-in user, which no other member sees.",
    ),
    ("spaces", "Pages of an organization."),
    (
        "sharing",
        "Grants and links: who sees which part of a space.",
    ),
    (
        "items",
        "Apps, links, cards, folders and widgets on a space.",
    ),
    (
        "pictures",
        "Uploaded pictures for icons, covers and wallpapers.",
    ),
    (
        "datasets",
        "Typed rows of an organization, their columns and files.",
    ),
    ("domains", "Custom hostnames of spaces."),
    ("apps", "Ways to open a URL."),
    ("search", "What a person finds in their organizations."),
];

/// The OpenAPI 3.1 document.
#[must_use]
pub fn document() -> Value {
    let mut document = serde_json::to_value(crate::router::annotations()).unwrap_or_default();
    let before = document.clone();
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        for (path, methods) in paths {
            for (method, operation) in methods.as_object_mut().into_iter().flatten() {
                complete(method, path, operation);
            }
        }
    }
    if let Some(schemas) = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    {
        for (name, schema) in schemas.iter_mut() {
            name_formats(schema);
            // utoipa writes a generic's parameter in full; clients want one type for it.
            if let Some(item) = name.strip_prefix("Page_") {
                let reference = json!({ "$ref": format!("#/components/schemas/{item}") });
                set(schema, "/properties/items/items", reference);
            }
        }
        if let Some(schema) = schemas.get_mut("CreateItem") {
            add_rules_of_kinds(schema);
        }
        for name in answered_only(&before) {
            if let Some(schema) = schemas.get_mut(&name) {
                require_all(schema);
            }
        }
    }
    set(
        &mut document,
        "/info/license",
        json!({ "name": "Apache-2.0", "identifier": "Apache-2.0" }),
    );
    set(
        &mut document,
        "/servers",
        json!([{ "url": "/", "description": "The service that serves this document" }]),
    );
    let tags: Vec<Value> = TAGS
        .iter()
        .map(|(name, description)| json!({ "name": name, "description": description }))
        .collect();
    set(&mut document, "/tags", json!(tags));
    set(&mut document, "/components/parameters", parameters());
    set(&mut document, "/components/headers", headers());
    document
}

/// States which kinds of items have a URL, which have a text, and which one has a widget.
fn add_rules_of_kinds(schema: &mut Value) {
    let no_text = json!({ "maxLength": 0 });
    let absent = json!({ "type": "null" });
    let text = json!({ "type": "string" });
    let is = |field: &str, names: &[&str]| json!({ "properties": { field: { "enum": names } } });
    let widget = json!({
        "required": ["widget"],
        "properties": { "widget": text, "body": { "maxLength": 1000 } },
        "if": is("widget", &["feed"]),
        "then": { "required": ["url"], "properties": { "url": text } },
        "else": {
            "properties": { "url": absent },
            "if": is("widget", &["clock"]),
            "then": { "properties": { "body": { "pattern": TIME_ZONES } } },
        },
    });
    let other = json!({
        "properties": { "url": absent, "widget": absent },
        "if": is("kind", &["folder"]),
        "then": { "properties": { "body": no_text } },
    });
    let rules = [
        ("/if", is("kind", &["app", "link"])),
        (
            "/then",
            json!({
                "required": ["url"],
                "properties": { "url": text, "body": no_text, "widget": absent },
            }),
        ),
        (
            "/else",
            json!({ "if": is("kind", &["widget"]), "then": widget, "else": other }),
        ),
    ];
    for (pointer, rule) in rules {
        set(schema, pointer, rule);
    }
}

/// The settings of a clock: up to 12 time zones, one on each line.
const TIME_ZONES: &str = r"^([A-Za-z0-9/_+-]{1,64}(\n[A-Za-z0-9/_+-]{1,64}){0,11})?$";

/// Sets a member of the object at the parent of a JSON pointer.
fn set(document: &mut Value, pointer: &str, value: Value) {
    let Some((parent, name)) = pointer.rsplit_once('/') else {
        return;
    };
    if let Some(object) = document.pointer_mut(parent).and_then(Value::as_object_mut) {
        object.insert(name.to_owned(), value);
    }
}

fn parameters() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "Idempotency-Key": {
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "Key of a write. Repeating the write with the same key and body returns the first response; another body with the same key is a 409.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$" },
        },
        "If-Match": {
            "name": "If-Match", "in": "header", "required": false,
            "description": "ETag on which the write is based; 412 when it is not the current one.",
            "schema": text,
            "example": "\"v1\"",
        },
        "If-None-Match": {
            "name": "If-None-Match", "in": "header", "required": false,
            "description": "ETag that the client has; 304 when it is the current one.",
            "schema": text,
            "example": "\"v1\"",
        },
    })
}

fn headers() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "X-Request-Id": { "description": "Id of the request, a UUIDv7, to quote in reports.", "required": true, "schema": { "type": "string", "format": "uuid" } },
        "X-Prox-Seq": { "description": "Sequence number of the organization at the time of the response.", "schema": { "type": "integer", "format": "int64" } },
        "ETag": { "description": "Version of the resource, for If-Match and If-None-Match.", "schema": text },
        "Location": { "description": "URL to which the client is redirected.", "schema": text },
        "Retry-After": { "description": "Seconds after which to repeat the request.", "schema": { "type": "integer" } },
    })
}

fn complete(method: &str, path: &str, operation: &mut Value) {
    let Some(operation) = operation.as_object_mut() else {
        return;
    };
    let id = operation
        .get("operationId")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    // utoipa's "no scheme needed" is one empty requirement; the specification's is none.
    if operation.get("security") == Some(&json!([{}])) {
        operation.insert("security".to_owned(), json!([]));
    }
    if id == "create_picture"
        && let Some(body) = operation.get_mut("requestBody")
    {
        let bytes = json!({ "type": "string", "format": "binary" });
        set(body, "/content/application~1octet-stream/schema", bytes);
    }
    let form = Form::of(method, path, &id, operation);
    refer_to_headers(operation, form.is_idempotent);
    if OPTIONAL_BODY.contains(&id.as_str())
        && let Some(body) = operation.get_mut("requestBody")
    {
        set(body, "/required", json!(false));
    }
    let Some(responses) = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    for (status, codes) in form.codes() {
        responses.insert(status.to_string(), problem(status, &codes));
    }
    if form.is_conditional_read {
        responses.insert(
            "304".to_owned(),
            json!({ "description": "The client has the current version." }),
        );
    }
    for (status, response) in responses.iter_mut() {
        finish_response(status, method, path, response);
    }
    responses.insert(
        "default".to_owned(),
        json!({ "$ref": "#/components/responses/Problem" }),
    );
}

/// What the form of an operation says about how it can fail.
struct Form {
    id: String,
    is_signed_in: bool,
    is_write: bool,
    is_idempotent: bool,
    has_path_parameters: bool,
    has_query: bool,
    has_cursor: bool,
    has_body: bool,
    is_conditional_read: bool,
    is_conditional_write: bool,
}

impl Form {
    fn of(method: &str, path: &str, id: &str, operation: &Map<String, Value>) -> Self {
        let named = |name: &str| {
            parameters_of(operation).any(|p| p.get("name").and_then(Value::as_str) == Some(name))
        };
        let is_write = method != "get";
        Self {
            id: id.to_owned(),
            is_signed_in: operation.get("security").is_none(),
            is_write,
            is_idempotent: is_write && id != "preflight",
            has_path_parameters: path.contains('{'),
            has_query: parameters_of(operation)
                .any(|p| p.get("in").and_then(Value::as_str) == Some("query")),
            has_cursor: named("cursor"),
            has_body: operation.contains_key("requestBody"),
            is_conditional_read: named("If-None-Match"),
            is_conditional_write: named("If-Match"),
        }
    }

    /// The problems of each status.
    fn codes(&self) -> BTreeMap<u16, Vec<ErrorCode>> {
        let own = OWN_CODES
            .iter()
            .find(|(id, _)| *id == self.id)
            .map_or(&[][..], |(_, codes)| codes);
        let rules = [
            (
                self.has_body || self.is_conditional_write,
                ErrorCode::Malformed,
            ),
            (self.has_cursor, ErrorCode::BadCursor),
            (self.is_signed_in, ErrorCode::Unauthenticated),
            (self.is_signed_in && self.is_write, ErrorCode::CrossSite),
            (self.has_path_parameters, ErrorCode::NotFound),
            (self.is_idempotent, ErrorCode::IdempotencyConflict),
            (self.is_conditional_write, ErrorCode::Stale),
            (self.has_body, ErrorCode::TooLarge),
            (self.has_body, ErrorCode::UnsupportedMediaType),
            (
                self.has_body || self.has_query || self.is_idempotent,
                ErrorCode::Invalid,
            ),
            (true, ErrorCode::Unavailable),
        ];
        let mut codes: BTreeMap<u16, Vec<ErrorCode>> = BTreeMap::new();
        let ruled = rules
            .iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, code)| code);
        for code in own.iter().chain(ruled) {
            let of_status = codes.entry(code.status()).or_default();
            if !of_status.contains(code) {
                of_status.push(*code);
            }
        }
        codes
    }
}

fn parameters_of(operation: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    operation
        .get("parameters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// Header parameters by reference, and the idempotency key of writes.
fn refer_to_headers(operation: &mut Map<String, Value>, is_idempotent: bool) {
    let mut parameters: Vec<Value> = parameters_of(operation).cloned().collect();
    for parameter in &mut parameters {
        let name = parameter.get("name").and_then(Value::as_str);
        if parameter.get("in").and_then(Value::as_str) == Some("header")
            && let Some(name) = name
        {
            *parameter = json!({ "$ref": format!("#/components/parameters/{name}") });
        }
    }
    if is_idempotent {
        parameters.push(json!({ "$ref": "#/components/parameters/Idempotency-Key" }));
    }
    if !parameters.is_empty() {
        operation.insert("parameters".to_owned(), json!(parameters));
    }
}

fn problem(status: u16, codes: &[ErrorCode]) -> Value {
    let words: Vec<String> = codes
        .iter()
        .map(|code| format!("`{}`: {}.", code.code(), code.title()))
        .collect();
    let mut problem = json!({
        "description": words.join(" "),
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    if status == 503 {
        set(
            &mut problem,
            "/headers",
            json!({ "Retry-After": { "$ref": "#/components/headers/Retry-After" } }),
        );
    }
    problem
}

fn finish_response(status: &str, method: &str, path: &str, response: &mut Value) {
    let body = response
        .pointer("/content/application~1json/schema/$ref")
        .and_then(Value::as_str)
        .and_then(|reference| reference.rsplit('/').next())
        .map(str::to_owned);
    let described = response
        .get("description")
        .and_then(Value::as_str)
        .is_some_and(|text| !text.is_empty());
    if !described {
        let text = match (status, &body, method) {
            ("201", ..) => "What was created.",
            (_, Some(name), _) if name.starts_with("Page_") => "A page of the list.",
            (_, _, "get") => "The current state.",
            _ => "The state after the change.",
        };
        set(response, "/description", json!(text));
    }
    let mut headers = response
        .get("headers")
        .cloned()
        .unwrap_or_else(|| json!({}));
    let mut add = |name: &str| {
        set(
            &mut headers,
            &format!("/{name}"),
            json!({ "$ref": format!("#/components/headers/{name}") }),
        );
    };
    add("X-Request-Id");
    if status.starts_with('2') && body.is_some() && path.contains("{org}") {
        add("X-Prox-Seq");
    }
    if status == "304"
        || status == "200"
            && method == "get"
            && ["/icon", "/cover", "/{hash}"]
                .iter()
                .any(|end| path.ends_with(end))
        || body.is_some_and(|name| VERSIONED.contains(&name.as_str()))
    {
        add("ETag");
    }
    if status.starts_with("303") {
        add("Location");
    }
    set(response, "/headers", headers);
}

/// Replaces our own formats of texts by what every tool understands.
fn name_formats(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            let format = object.get("format").and_then(Value::as_str);
            let Some(pattern) = format.and_then(patterns::of_format) else {
                object.values_mut().for_each(name_formats);
                return;
            };
            object.remove("format");
            object.insert("pattern".to_owned(), json!(pattern));
        }
        Value::Array(values) => values.iter_mut().for_each(name_formats),
        _ => {}
    }
}

/// The schemas that only responses use.
fn answered_only(document: &Value) -> BTreeSet<String> {
    let (mut asked, mut answered) = (BTreeSet::new(), BTreeSet::new());
    let operations = document
        .get("paths")
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|paths| paths.values())
        .filter_map(Value::as_object)
        .flat_map(|methods| methods.values());
    for operation in operations {
        collect(document, operation.get("requestBody"), &mut asked);
        collect(document, operation.get("responses"), &mut answered);
    }
    // A problem has `errors` only when there are some.
    asked.insert("Problem".to_owned());
    answered.difference(&asked).cloned().collect()
}

/// Adds the names of all schemas that a value refers to, directly or not.
fn collect(document: &Value, value: Option<&Value>, names: &mut BTreeSet<String>) {
    match value {
        Some(Value::Object(object)) => {
            if let Some(name) = object
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|reference| reference.strip_prefix("#/components/schemas/"))
                && names.insert(name.to_owned())
            {
                let schema = document.pointer(&format!("/components/schemas/{name}"));
                collect(document, schema, names);
            }
            for inner in object.values() {
                collect(document, Some(inner), names);
            }
        }
        Some(Value::Array(values)) => {
            for inner in values {
                collect(document, Some(inner), names);
            }
        }
        _ => {}
    }
}

/// A response writes each of its fields; one without a value is null.
fn require_all(schema: &mut Value) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return;
    };
    let names: Vec<String> = properties.keys().cloned().collect();
    set(schema, "/required", json!(names));
}
