//! The contract: it equals the code's, it is complete, and its limits are those of the validation.

use std::collections::BTreeSet;

use garde::Validate;
use jsonschema::Validator;
use proptest::prelude::*;
use prox_integrations::address::{AllowList, parse_target};
use prox_integrations::hostname::canonical;
use prox_integrations::unicode::{Tables, parse_url};
use prox_types::{
    ColumnChoice, CreateCollector, CreateColumn, CreateDataset, CreateDomain, CreateEvent,
    CreateGrant, CreateInstance, CreateItem, CreateMember, CreateOrganization, CreateShareLink,
    CreateSpace, CreateWorkspace, DatasetQuery, DisplayFormat, ImportChoices, KeepShareLink,
    PreflightRequest, Publish, QueryGroup, QuerySort, QueryValue, ReadNotifications,
    ReportNotification, UpdateColumn, UpdateDataset, UpdateGrant, UpdateImport, UpdateInstance,
    UpdateItem, UpdateMe, UpdateMember, UpdateOrganization, UpdateSpace, UpdateWorkspace, WriteRow,
    is_forbidden_in_lines, is_forbidden_in_prose, is_invisible,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// `UPDATE_SNAPSHOTS=1` writes the file again.
#[test]
fn openapi_json_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let current = serde_json::to_string_pretty(&prox_api::document()).unwrap() + "\n";
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(path, &current).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(
        committed == current,
        "crates/platform/api/openapi.json is stale: run with UPDATE_SNAPSHOTS=1 and commit it"
    );
}

/// Each operation of the contract as `method path` with its description.
fn operations(document: &Value) -> Vec<(String, &Map<String, Value>)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, methods)| {
            methods
                .as_object()
                .unwrap()
                .iter()
                .map(move |(method, o)| (format!("{method} {path}"), o.as_object().unwrap()))
        })
        .collect()
}

#[test]
fn openapi_servers_licence_and_tags_are_stated() {
    let document = prox_api::document();
    let servers = document["servers"].as_array().unwrap();
    assert_eq!(servers.len(), 1);
    assert_eq!(servers[0]["url"], "/");
    assert_eq!(
        document["info"]["license"]["identifier"],
        env!("CARGO_PKG_LICENSE")
    );
    let tags = document["tags"].as_array().unwrap();
    let names: BTreeSet<&str> = tags.iter().filter_map(|tag| tag["name"].as_str()).collect();
    assert_eq!(names.len(), tags.len(), "a tag without a name, or twice");
    for tag in tags {
        let text = tag["description"].as_str().unwrap_or_default();
        assert!(!text.is_empty(), "{tag}");
    }
    let mut used = BTreeSet::new();
    for (operation, described) in operations(&document) {
        let own = described.get("tags").and_then(Value::as_array);
        let own: Vec<&str> = own
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let [tag] = own[..] else {
            panic!("{operation} has the tags {own:?}, not one");
        };
        assert!(names.contains(tag), "{operation}: {tag} is not in TAGS");
        used.insert(tag.to_owned());
    }
    let unused: Vec<_> = names.iter().filter(|name| !used.contains(**name)).collect();
    assert!(unused.is_empty(), "no operation has the tags {unused:?}");
}

#[test]
fn openapi_responses_are_described_and_carry_the_request_id() {
    for (operation, described) in operations(&prox_api::document()) {
        for (status, response) in described["responses"].as_object().unwrap() {
            if status == "default" {
                continue;
            }
            let text = response["description"].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{operation} {status} has no description");
            let id = &response["headers"]["X-Request-Id"]["$ref"];
            assert_eq!(
                id, "#/components/headers/X-Request-Id",
                "{operation} {status}"
            );
        }
    }
}

#[test]
fn openapi_conditional_and_idempotent_requests_are_declared() {
    let document = prox_api::document();
    let refers = |operation: &Map<String, Value>, name: &str| {
        let reference = format!("#/components/parameters/{name}");
        operation["parameters"]
            .as_array()
            .is_some_and(|p| p.iter().any(|p| p["$ref"] == reference.as_str()))
    };
    let item = &document["paths"]["/api/organizations/{org}/spaces/{space}/items/{item}"];
    let get = item["get"].as_object().unwrap();
    let patch = item["patch"].as_object().unwrap();
    assert!(refers(get, "If-None-Match") && !refers(get, "Idempotency-Key"));
    assert!(refers(patch, "If-Match") && refers(patch, "Idempotency-Key"));
    assert!(get["responses"]["304"].is_object() && patch["responses"]["412"].is_object());
    assert!(patch["responses"]["200"]["headers"]["ETag"].is_object());
    assert!(patch["responses"]["503"]["headers"]["Retry-After"].is_object());
    for (operation, described) in operations(&document) {
        let writes = !operation.starts_with("get ") && !operation.ends_with("/preflight");
        if writes {
            assert!(refers(described, "Idempotency-Key"), "{operation}");
        }
    }
}

#[test]
fn openapi_open_operations_need_no_security() {
    let document = prox_api::document();
    let open: Vec<String> = operations(&document)
        .into_iter()
        .filter(|(_, described)| described.get("security") == Some(&json!([])))
        .map(|(operation, _)| operation)
        .collect();
    assert_eq!(
        open,
        [
            "get /api/auth/google",
            "get /api/auth/google/callback",
            "get /api/auth/providers",
            "get /api/health",
        ]
    );
}

#[test]
fn openapi_lists_refer_to_their_items() {
    let document = prox_api::document();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        if let Some(item) = name.strip_prefix("Page_") {
            let reference = format!("#/components/schemas/{item}");
            assert_eq!(
                schema["properties"]["items"]["items"]["$ref"],
                reference.as_str()
            );
            assert_eq!(schema["required"], json!(["items", "next_cursor"]));
        }
    }
}

#[test]
fn openapi_search_names_the_kinds_of_the_validation() {
    let document = prox_api::document();
    let mut kinds: BTreeSet<&str> = prox_core::search::query::KINDS.into();
    // All kinds of items.
    kinds.insert("item");
    for path in ["/api/search", "/api/organizations/{org}/search"] {
        let parameters = document["paths"][path]["get"]["parameters"]
            .as_array()
            .unwrap();
        let kind = parameters.iter().find(|p| p["name"] == "kind").unwrap();
        let pattern = kind["schema"]["pattern"].as_str().unwrap();
        let named = pattern.trim_start_matches("^(").trim_end_matches(")$");
        let named: BTreeSet<&str> = named.split('|').collect();
        assert_eq!(named, kinds, "{path}");
    }
}

#[test]
fn openapi_a_body_is_optional_where_none_is_accepted() {
    let document = prox_api::document();
    for (operation, described) in operations(&document) {
        if let Some(body) = described.get("requestBody") {
            let optional = operation.ends_with("/publish");
            assert_eq!(body["required"], json!(!optional), "{operation}");
        }
    }
}

#[test]
fn openapi_fields_that_are_always_written_are_required() {
    let document = prox_api::document();
    let item = &document["components"]["schemas"]["Item"];
    let required = item["required"].as_array().unwrap();
    for name in ["url", "icon", "folder_id", "title"] {
        assert!(required.contains(&json!(name)), "{name}");
    }
    assert_eq!(
        item["properties"]["icon"]["type"],
        json!(["string", "null"])
    );
    let update = &document["components"]["schemas"]["UpdateItem"];
    assert!(update.get("required").is_none(), "{update}");
}

/// A request body: its schema's name, a valid value, and whether a value is accepted.
struct Body {
    schema: &'static str,
    valid: Value,
    accepts: fn(&Value) -> bool,
}

fn body<T: DeserializeOwned + Validate<Context = ()>>(schema: &'static str, valid: Value) -> Body {
    Body {
        schema,
        valid,
        accepts: |value| read::<T>(value).is_some(),
    }
}

fn read<T: DeserializeOwned + Validate<Context = ()>>(value: &Value) -> Option<T> {
    let body = serde_json::from_value::<T>(value.clone()).ok()?;
    body.validate().is_ok().then_some(body)
}

/// A body with URLs. Beside the validation, its handler parses them.
fn with_urls<T: DeserializeOwned + Validate<Context = ()>>(
    schema: &'static str,
    valid: Value,
) -> Body {
    Body {
        schema,
        valid,
        accepts: |value| {
            let opens = |name: &str| match value[name].as_str() {
                None | Some("") => true,
                // A name, of which the validation knows the form.
                Some(text) if name != "url" && !text.contains("://") => true,
                Some(url) => parse_url(url, None, &Tables).is_some_and(|url| url.has_host()),
            };
            read::<T>(value).is_some() && ["url", "icon", "cover"].into_iter().all(opens)
        },
    }
}

fn bodies() -> Vec<Body> {
    let event = json!({"type": "a.b", "payload": {}});
    let link = json!({"kind": "link", "title": "T", "url": "https://a.example/"});
    vec![
        body::<CreateOrganization>("CreateOrganization", json!({"name": "N"})),
        body::<UpdateOrganization>("UpdateOrganization", json!({})),
        body::<CreateMember>(
            "CreateMember",
            json!({"email": "a@b.example", "role": "member"}),
        ),
        body::<UpdateMember>("UpdateMember", json!({"role": "member"})),
        body::<CreateInstance>("CreateInstance", json!({"name": "N"})),
        body::<UpdateInstance>("UpdateInstance", json!({})),
        body::<CreateEvent>("CreateEvent", event),
        body::<CreateDataset>("CreateDataset", json!({"name": "N"})),
        body::<UpdateDataset>("UpdateDataset", json!({})),
        body::<CreateColumn>("CreateColumn", json!({"name": "N"})),
        body::<CreateCollector>(
            "CreateCollector",
            json!({"instance": "main", "event_type": "a.b", "paths": {"c1": "/type"}}),
        ),
        body::<UpdateImport>("UpdateImport", json!({})),
        body::<ImportChoices>("ImportChoices", json!({})),
        body::<ColumnChoice>("ColumnChoice", json!({})),
        body::<DatasetQuery>("DatasetQuery", json!({"values": [{"function": "count"}]})),
        body::<QueryGroup>("QueryGroup", json!({"column": "c"})),
        body::<QueryValue>("QueryValue", json!({"function": "count"})),
        body::<QuerySort>("QuerySort", json!({"by": "value"})),
        body::<DisplayFormat>("DisplayFormat", json!({})),
        body::<UpdateColumn>("UpdateColumn", json!({})),
        body::<WriteRow>("WriteRow", json!({"values": {}})),
        with_urls::<CreateSpace>("CreateSpace", json!({"title": "T"})),
        with_urls::<UpdateSpace>("UpdateSpace", json!({})),
        body::<Publish>("Publish", json!({})),
        with_urls::<CreateItem>("CreateItem", link),
        with_urls::<CreateItem>("CreateItem", json!({"kind": "card", "title": "T"})),
        with_urls::<UpdateItem>("UpdateItem", json!({})),
        Body {
            schema: "CreateDomain",
            valid: json!({"hostname": "a.example"}),
            accepts: |value| {
                read::<CreateDomain>(value)
                    .is_some_and(|body| canonical(&body.hostname, &Tables).is_ok())
            },
        },
        Body {
            schema: "PreflightRequest",
            valid: json!({"url": "https://a.example/"}),
            accepts: |value| {
                read::<PreflightRequest>(value).is_some_and(|body| {
                    parse_target(&body.url, &AllowList::default(), &Tables).is_ok()
                })
            },
        },
        body::<CreateGrant>(
            "CreateGrant",
            json!({"principal": {"type": "user", "email": "a@b.example"}, "level": "view"}),
        ),
        body::<UpdateGrant>("UpdateGrant", json!({"level": "view"})),
        body::<CreateShareLink>("CreateShareLink", json!({})),
        body::<KeepShareLink>("KeepShareLink", json!({"token": "t"})),
        body::<UpdateMe>("UpdateMe", json!({})),
        body::<ReadNotifications>("ReadNotifications", json!({})),
        body::<ReportNotification>("ReportNotification", json!({"type": "api_unavailable"})),
        body::<CreateWorkspace>("CreateWorkspace", json!({"name": "N"})),
        body::<UpdateWorkspace>("UpdateWorkspace", json!({})),
    ]
}

/// A text of this length that is otherwise valid for the property.
fn text(property: &str, length: usize) -> String {
    let (start, fill) = match property {
        // The preflight counts bytes.
        "url" | "icon" | "cover" => ("https://a.example/", "e"),
        "color" => ("#", "a"),
        "hostname" => ("", "ab."),
        "type" => ("", "a"),
        "email" => ("a@", "b.cd"),
        _ => ("", "é"),
    };
    let mut text: String = start
        .chars()
        .chain(fill.chars().cycle())
        .take(length)
        .collect();
    if text.ends_with('.') && property == "email" {
        text.pop();
        text.push('b');
    }
    text
}

#[test]
fn openapi_limits_are_those_of_the_validation() {
    let document = prox_api::document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let bodies = bodies();
    for (name, schema) in schemas {
        let is_body = schema["additionalProperties"] == json!(false)
            && name != "Place"
            && name != "PrincipalName";
        assert!(
            !is_body || bodies.iter().any(|body| body.schema == name),
            "{name} has no valid value here: add it to bodies() in tests/openapi.rs"
        );
    }
    for Body {
        schema,
        valid,
        accepts,
    } in &bodies
    {
        assert!(accepts(valid), "{schema}: {valid}");
        for (property, limits) in schemas[*schema]["properties"].as_object().unwrap() {
            let with = |value: Value| {
                let mut body = valid.clone();
                body[property] = value;
                accepts(&body)
            };
            let place = format!("{schema}.{property} of {valid}");
            let kinds = json!([limits["type"]]).to_string();
            // The format of a time limits its length.
            if kinds.contains("\"string\"") && limits["format"] != "date-time" {
                let max = limits["maxLength"].as_u64();
                let max = usize::try_from(max.unwrap_or_else(|| panic!("{place}: no maxLength")))
                    .unwrap();
                // A card has no address, a link no text.
                let fits = with(json!(text(property, max)))
                    || (property == "url" && valid["kind"] == "card")
                    || (property == "body" && valid["kind"] == "link");
                assert!(fits, "{place}: {max} characters are refused");
                assert!(
                    !with(json!(text(property, max + 1))),
                    "{place}: {} characters",
                    max + 1
                );
                if limits["minLength"].as_u64().is_some_and(|least| least > 0) {
                    assert!(!with(json!("")), "{place}: nothing is accepted");
                }
                // In a URL that is only fetched, the parser escapes it.
                if limits["pattern"].is_string() && *schema != "PreflightRequest" {
                    assert!(
                        !with(json!("https://a.example/a\u{7}b")),
                        "{place}: a control character"
                    );
                }
            }
            if let Some(max) = limits["maxItems"].as_u64() {
                let max = usize::try_from(max).unwrap();
                if let Some(id) = limits["items"]["$ref"].as_str() {
                    let id = id.rsplit('/').next().unwrap();
                    let example = &schemas[id]["examples"][0];
                    let entries = |count: usize| {
                        let entry = |n| match bodies.iter().find(|body| body.schema == id) {
                            Some(body) => {
                                let mut named = body.valid.clone();
                                if named.get("name").is_some() {
                                    named["name"] = json!(format!("{n}"));
                                }
                                named
                            }
                            None => example.clone(),
                        };
                        json!((0..count).map(entry).collect::<Vec<_>>())
                    };
                    assert!(with(entries(max)), "{place}");
                    assert!(!with(entries(max + 1)), "{place}");
                    continue;
                }
                let length = limits["items"]["maxLength"].as_u64().unwrap();
                let length = usize::try_from(length).unwrap();
                assert!(with(json!(vec![text("", length); max])), "{place}");
                assert!(!with(json!(vec!["a"; max + 1])), "{place}");
                assert!(!with(json!([text("", length + 1)])), "{place}");
            }
        }
    }
}

/// A text property of a request body that the contract describes by a pattern.
struct PatternedText {
    body: Body,
    property: String,
    /// Whether the property is a list of such texts.
    is_list: bool,
    contract: Validator,
}

impl PatternedText {
    /// Whether the contract and the validation accept a text.
    fn decide(&self, text: &str) -> (bool, bool) {
        let with = |text: &str| {
            let mut value = self.body.valid.clone();
            value[&self.property] = if self.is_list {
                json!([text])
            } else {
                json!(text)
            };
            value
        };
        // For the contract, all characters beyond U+FFFF are visible.
        let shown = text.replace(|c| c > '\u{ffff}' && is_invisible(c), "\u{1f600}");
        (
            self.contract.is_valid(&with(text)),
            (self.body.accepts)(&with(&shown)),
        )
    }

    #[track_caller]
    fn check(&self, text: &str) {
        let (contract, validation) = self.decide(text);
        assert_eq!(contract, validation, "{} with {text:?}", self.name());
    }

    fn name(&self) -> String {
        format!("{}.{}", self.body.schema, self.property)
    }
}

/// An independent validator of a schema of the contract.
fn validator(document: &Value, schema: &str) -> Validator {
    jsonschema::validator_for(&json!({
        "$ref": format!("#/components/schemas/{schema}"),
        "components": document["components"],
    }))
    .unwrap()
}

/// URLs and hostnames. Their patterns accept less than the validation: not every notation of an IP
/// address, for example.
const ADDRESSES: [&str; 4] = ["url", "icon", "cover", "hostname"];

fn patterned_texts(addresses: bool) -> Vec<PatternedText> {
    let document = prox_api::document();
    let mut texts = Vec::new();
    for body in bodies() {
        let properties = &document["components"]["schemas"][body.schema]["properties"];
        for (property, schema) in properties.as_object().unwrap() {
            let is_list = schema["items"]["pattern"].is_string();
            let is_address = ADDRESSES.contains(&property.as_str());
            if is_address != addresses || !(is_list || schema["pattern"].is_string()) {
                continue;
            }
            // Only a card has a text, and no URL.
            let other = match body.valid["kind"].as_str() {
                Some("link") => "body",
                Some("card") => "url",
                _ => "",
            };
            if property == other {
                continue;
            }
            texts.push(PatternedText {
                body: Body {
                    valid: body.valid.clone(),
                    ..body
                },
                property: property.clone(),
                is_list,
                contract: validator(&document, body.schema),
            });
        }
    }
    texts
}

/// Characters at which a rule begins or ends to apply, and their neighbours.
fn edge_characters() -> BTreeSet<char> {
    let rules = |c: char| {
        (
            c.is_whitespace(),
            c.is_control(),
            is_invisible(c),
            is_forbidden_in_lines(c),
            is_forbidden_in_prose(c),
        )
    };
    let all: Vec<char> = ('\0'..=char::MAX).collect();
    all.windows(2)
        .filter(|pair| rules(pair[0]) != rules(pair[1]))
        .flat_map(|pair| [pair[0], pair[1]])
        .collect()
}

#[test]
fn openapi_patterns_agree_with_the_validation_on_edges() {
    let edges = edge_characters();
    assert!(edges.len() > 50, "{}", edges.len());
    let texts = patterned_texts(false);
    assert!(texts.len() > 15, "{}", texts.len());
    for text in texts {
        for c in &edges {
            for sample in [
                format!("{c}"),
                format!("{c}{c}"),
                format!("a{c}"),
                format!("{c}a"),
                format!("a{c}a"),
                format!(" {c} "),
                format!("\u{200b}{c}\n"),
                format!("\n \u{200b} {c} a {c} \n"),
            ] {
                text.check(&sample);
            }
        }
    }
}

#[test]
fn openapi_patterns_agree_with_the_validation_on_any_text() {
    let texts = patterned_texts(false);
    let edges: Vec<char> = edge_characters().into_iter().collect();
    let character = prop_oneof![
        prop::sample::select(edges),
        any::<char>(),
        prop::char::range(' ', '~')
    ];
    let sample = prop::collection::vec(character, 0..12).prop_map(String::from_iter);
    let mut runner = proptest::test_runner::TestRunner::default();
    runner
        .run(&sample, |sample| {
            for text in &texts {
                text.check(&sample);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn openapi_addresses_that_fit_the_contract_are_accepted() {
    let texts = patterned_texts(true);
    assert_eq!(texts.len(), 9);
    let scheme = prop_oneof![
        Just("https://"),
        Just("http://"),
        Just("HTTPS://"),
        Just("")
    ];
    #[rustfmt::skip]
    let parts = prop::sample::select(vec![
        "a", "x", "com", "example.org", "a_b", "-", "0", "7", "80", "443", "255", "256", "65535",
        "65536", "0x1f", "1.2.3.4", "1.1.1.1", "::1", "fd00::1", "1:2:3:4:5:6:7:8", ".", "..", ":",
        "[", "]", "/", "?", "#", "\\", "@", "%41", "%", ",", "'", "*", " ", "\u{7}", "\n", "|", "^",
        "<", "é",
    ]);
    let sample = (scheme, prop::collection::vec(parts, 0..7))
        .prop_map(|(scheme, parts)| scheme.to_owned() + &parts.concat());
    let mut config = proptest::test_runner::Config::default();
    config.cases *= 8;
    let mut runner = proptest::test_runner::TestRunner::new(config);
    runner
        .run(&sample, |sample| {
            for text in &texts {
                let (contract, validation) = text.decide(&sample);
                prop_assert!(validation || !contract, "{} with {sample:?}", text.name());
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn openapi_usual_addresses_fit_the_contract() {
    for text in patterned_texts(true) {
        let samples: &[&str] = match (text.body.schema, text.property.as_str()) {
            ("CreateDomain", _) => &[
                "a.example",
                "WWW.Example.com",
                "bücher.example.",
                "xn--bcher-kva.example",
                "3d.a-b.example",
            ],
            ("PreflightRequest", _) => &[
                "https://a.example",
                "HTTPS://bücher.example:443/ü?x#y",
                "https://a.b-c.example/%20",
            ],
            _ => &[
                "https://a.example",
                "http://nas:5000/",
                "http://3dprinter/",
                "http://xbox",
                "http://192.168.1.2:80/x?y#z",
                "http://[fd00::1]:8123/",
                "http://[::]",
                "http://[1::8]/",
                "http://[1:2:3:4:5:6:7:8]/",
                "https://1.2.3.example",
                "https://bücher.example/ü",
                "https://example.com.:443",
                "https://example.com:/",
                "https://a_b.example.com/",
                "HTTPS://A.example:00080\\x",
            ],
        };
        for sample in samples {
            assert_eq!(
                text.decide(sample),
                (true, true),
                "{} {sample}",
                text.name()
            );
        }
    }
}

#[test]
fn openapi_kinds_of_items_have_the_fields_of_the_validation() {
    let document = prox_api::document();
    let contract = validator(&document, "CreateItem");
    let url = json!("https://a.example/");
    let texts =
        ["", "text", "Europe/Berlin\nEtc/GMT+1", "a b", "UTC\n"].map(|text| Some(json!(text)));
    let long = [1_001, 2_000].map(|length| Some(json!("x".repeat(length))));
    let texts: Vec<_> = [None].into_iter().chain(texts).chain(long).collect();
    let names = ["clock", "health", "events", "search", "feed", "weather"];
    let names = names.map(|widget| Some(json!(widget)));
    let widgets: Vec<_> = [None, Some(Value::Null)].into_iter().chain(names).collect();
    let mut count = 0;
    for kind in ["app", "link", "card", "folder", "widget"] {
        for widget in &widgets {
            for url in [None, Some(Value::Null), Some(url.clone())] {
                for text in &texts {
                    let mut value = json!({"kind": kind, "title": "T"});
                    for (name, given) in [("widget", widget), ("url", &url), ("body", text)] {
                        if let Some(given) = given {
                            value[name] = given.clone();
                        }
                    }
                    let accepted = read::<CreateItem>(&value).is_some();
                    assert_eq!(contract.is_valid(&value), accepted, "{value}");
                    count += usize::from(accepted);
                }
            }
        }
    }
    assert!(count > 50, "{count} are accepted");
}
