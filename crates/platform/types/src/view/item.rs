//! Items: the things on a space.

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{ItemId, ItemVisibility, Level, SpaceId, Timestamp};

/// The kind of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ItemKind {
    /// An application at a URL.
    App,
    /// A page to read at a URL.
    Link,
    /// A text in Markdown.
    Card,
    /// A named group of other items. Folders do not nest.
    Folder,
    /// Something live on the desktop: see [`Widget`].
    Widget,
}

/// What a widget shows. Only members see widgets; on a published space, a feed is a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Widget {
    /// The time, in the time zones that its text names, one on each line.
    Clock,
    /// Which addresses of the space answer.
    Health,
    /// The newest events of the organization.
    Events,
    /// A field that searches.
    Search,
    /// The newest entries of the RSS, Atom or JSON feed at its URL.
    Feed,
}

/// The integration mode: how an item opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Mode {
    /// In a window of the desktop.
    Embed,
    /// In a new tab.
    Tab,
    /// As a preview card with a link to the page.
    Card,
}

/// The size of an item on the desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ItemSize {
    /// An icon with its title.
    Icon,
    /// One line with its description.
    Row,
    /// A card with its text or preview.
    Card,
    /// Two cards side by side.
    Wide,
    /// Two cards one above the other.
    Tall,
}

/// One thing on a space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Item {
    pub id: ItemId,
    pub space_id: SpaceId,
    pub kind: ItemKind,
    /// What a widget shows; null for other kinds.
    pub widget: Option<Widget>,
    pub title: String,
    pub description: String,
    /// URL of an app, link or feed; null for everything else.
    pub url: Option<String>,
    /// Text of a card in Markdown, or the settings of a widget; empty for other kinds.
    pub body: String,
    /// Icon: `letters` of the title, `glyph:NAME` of a picture that the clients draw, `picture:HASH` of an
    /// uploaded one, or the URL of one; null for that of its site.
    pub icon: Option<String>,
    pub tags: Vec<String>,
    pub mode: Mode,
    /// Why the mode was chosen, in words; empty when a person chose it.
    pub reasons: Vec<String>,
    pub size: ItemSize,
    /// Colour of its icon without a picture, `#rrggbb`; null for one that follows from the title.
    pub color: Option<String>,
    pub visibility: ItemVisibility,
    /// Folder that contains the item; null at the top.
    pub folder_id: Option<ItemId>,
    /// Opaque sort key among the items of the same folder; lists are in this order.
    pub position: String,
    /// The caller's level on the item, before a change of it.
    pub level: Level,
    /// Version, which grows with every change; the ETag is `"v{version}"`.
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The place of an item in its space.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    /// Folder that contains the item; null or absent for the top.
    #[garde(skip)]
    pub folder_id: Option<ItemId>,
    /// Item directly before it; null or absent for the first place.
    #[garde(skip)]
    pub after: Option<ItemId>,
}

/// The schema of at most 20 tags.
#[cfg(feature = "openapi")]
fn tags_schema() -> utoipa::openapi::schema::Array {
    lines(20, 40, "Tags: words by which people find the item.")
}

/// The schema of at most 10 reasons.
#[cfg(feature = "openapi")]
fn reasons_schema() -> utoipa::openapi::schema::Array {
    lines(
        10,
        300,
        "The preflight's reasons, when its mode was adopted.",
    )
}

/// The schema of a list of lines of text.
#[cfg(feature = "openapi")]
fn lines(max: usize, max_length: usize, description: &str) -> utoipa::openapi::schema::Array {
    use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaFormat, Type};

    let line = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(max_length))
        .format(Some(SchemaFormat::Custom("line".to_owned())));
    ArrayBuilder::new()
        .items(line)
        .max_items(Some(max))
        .description(Some(description))
        .build()
}

/// Adds an item to a space, at the end when `place` is absent.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateItem {
    #[garde(skip)]
    pub kind: ItemKind,
    /// What a widget shows; required for widgets, not allowed for other kinds.
    #[garde(custom(widget_fits(self.kind)))]
    pub widget: Option<Widget>,
    #[garde(length(chars, max = 120), custom(super::line))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 120, format = "trimmed-line")
    )]
    #[serde(deserialize_with = "super::trimmed")]
    pub title: String,
    #[serde(default)]
    #[garde(length(chars, max = 500), custom(super::no_control))]
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 500, format = "line-or-empty")
    )]
    pub description: String,
    /// URL; required for apps, links and feeds, not allowed for everything else.
    #[garde(inner(length(chars, max = 2048), custom(web_url)), custom(url_fits(self.kind, self.widget)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2048, format = "web-url"))]
    pub url: Option<String>,
    /// Text of a card, or settings of a widget: up to 1,000 characters, and for a clock up to 12 lines
    /// with a time zone each, as `Europe/Berlin`.
    #[serde(default)]
    #[garde(length(chars, max = 20_000), custom(super::prose), custom(body_fits(self.kind, self.widget)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 20_000, format = "prose"))]
    pub body: String,
    /// Icon: `letters`, `glyph:NAME`, `picture:HASH`, or the URL of a picture.
    #[garde(inner(length(chars, max = 2048), custom(super::picture::icon_form)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2048, format = "icon"))]
    pub icon: Option<String>,
    #[serde(default)]
    #[garde(length(max = 20), inner(length(chars, max = 40), custom(super::line)))]
    #[cfg_attr(feature = "openapi", schema(schema_with = tags_schema))]
    pub tags: Vec<String>,
    /// Integration mode. When absent, `tab` for apps and links, `card` for everything else.
    #[garde(skip)]
    pub mode: Option<Mode>,
    /// The preflight's reasons, when its mode was adopted.
    #[serde(default)]
    #[garde(length(max = 10), inner(length(chars, max = 300), custom(super::line)))]
    #[cfg_attr(feature = "openapi", schema(schema_with = reasons_schema))]
    pub reasons: Vec<String>,
    /// Size. When absent, `card` for cards and widgets, `icon` for everything else.
    #[garde(skip)]
    pub size: Option<ItemSize>,
    /// Colour, `#rrggbb`.
    #[garde(inner(length(max = 7), custom(hex_color)))]
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 7, pattern = "^#[0-9A-Fa-f]{6}$")
    )]
    pub color: Option<String>,
    #[serde(default)]
    #[garde(skip)]
    pub visibility: ItemVisibility,
    #[garde(dive)]
    #[serde(default, deserialize_with = "super::object_if_any")]
    pub place: Option<Place>,
}

/// Changes an item. The kind of an item cannot change, nor what a widget shows.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateItem {
    #[garde(inner(length(chars, max = 120), custom(super::line)))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 120, format = "trimmed-line")
    )]
    #[serde(default, deserialize_with = "super::trimmed_if_any")]
    pub title: Option<String>,
    #[garde(inner(length(chars, max = 500), custom(super::no_control)))]
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 500, format = "line-or-empty")
    )]
    pub description: Option<String>,
    #[garde(inner(length(chars, max = 2048), custom(web_url)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2048, format = "web-url"))]
    pub url: Option<String>,
    #[garde(inner(length(chars, max = 20_000), custom(super::prose)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 20_000, format = "prose"))]
    pub body: Option<String>,
    /// Icon: `letters`, `glyph:NAME`, `picture:HASH`, or the URL of a picture; the empty text removes it.
    #[garde(inner(
        length(chars, max = 2048),
        custom(super::or_empty(super::picture::icon_form))
    ))]
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 2048, format = "icon-or-empty")
    )]
    pub icon: Option<String>,
    #[garde(inner(length(max = 20), inner(length(chars, max = 40), custom(super::line))))]
    #[cfg_attr(feature = "openapi", schema(schema_with = tags_schema))]
    pub tags: Option<Vec<String>>,
    #[garde(skip)]
    pub mode: Option<Mode>,
    #[garde(inner(length(max = 10), inner(length(chars, max = 300), custom(super::line))))]
    #[cfg_attr(feature = "openapi", schema(schema_with = reasons_schema))]
    pub reasons: Option<Vec<String>>,
    #[garde(skip)]
    pub size: Option<ItemSize>,
    /// Colour, `#rrggbb`; null or the empty text removes it.
    #[garde(inner(length(max = 7), custom(super::or_empty(hex_color))))]
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 7, pattern = "^(#[0-9A-Fa-f]{6})?$")
    )]
    #[serde(default, deserialize_with = "super::empty_if_null")]
    pub color: Option<String>,
    #[garde(skip)]
    pub visibility: Option<ItemVisibility>,
    #[garde(dive)]
    #[serde(default, deserialize_with = "super::object_if_any")]
    pub place: Option<Place>,
}

fn hex_color(text: &str, _: &()) -> garde::Result {
    let is_color = text
        .strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()));
    if is_color {
        Ok(())
    } else {
        Err(garde::Error::new("must be a colour like #1f6470"))
    }
}

/// Accepts an absolute http(s) URL with a host and without credentials. The egress rules decide
/// whether the server may fetch it.
pub(super) fn web_url(text: &str, _: &()) -> garde::Result {
    let rest = text.split_once("://").and_then(|(scheme, rest)| {
        let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
        is_web.then_some(rest)
    });
    let authority = rest
        .and_then(|r| r.split(['/', '?', '#', '\\']).next())
        .unwrap_or_default();
    let plain = !text.chars().any(|c| c.is_control() || c.is_whitespace());
    if plain && is_host_and_port(authority) {
        Ok(())
    } else {
        Err(garde::Error::new(
            "must be a web address that begins with https:// or http://",
        ))
    }
}

/// Whether a text can be the authority of a URL (RFC 3986, 3.2): a host name or an IP address,
/// perhaps with a port, without credentials.
fn is_host_and_port(authority: &str) -> bool {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port),
        _ => (authority, ""),
    };
    let is_host = match host.strip_prefix('[') {
        Some(address) => address
            .strip_suffix(']')
            .is_some_and(|ip| ip.parse::<std::net::Ipv6Addr>().is_ok()),
        None => !host.is_empty() && !host.contains(FORBIDDEN_IN_HOSTS) && !is_false_ipv4(host),
    };
    is_host && (port.is_empty() || port.parse::<u16>().is_ok() && !port.starts_with('+'))
}

/// Whether a host ends in a number, as only IPv4 addresses do, but is not a valid IPv4 address. The
/// URL standard also accepts short forms, in which the last number stands for several bytes.
fn is_false_ipv4(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let numbers: Vec<Option<u64>> = host
        .split('.')
        .map(|part| part.parse().ok().filter(|_| !part.starts_with('+')))
        .collect();
    match numbers.split_last() {
        Some((Some(last), rest)) => {
            let room = 4usize.checked_sub(rest.len());
            let is_byte = |number: &Option<u64>| number.is_some_and(|number| number <= 255);
            !rest.iter().all(is_byte)
                || room.is_none_or(|bytes| bytes == 0 || *last >= 1 << (8 * bytes))
        }
        _ => false,
    }
}

/// The URL standard's forbidden host code points that are not white space or controls.
const FORBIDDEN_IN_HOSTS: [char; 13] = [
    '#', '/', ':', '<', '>', '?', '@', '[', '\\', ']', '^', '|', '%',
];

fn widget_fits(kind: ItemKind) -> impl FnOnce(&Option<Widget>, &()) -> garde::Result {
    move |widget, ()| match (kind == ItemKind::Widget, widget) {
        (true, None) => Err(garde::Error::new("a widget needs what it shows")),
        (false, Some(_)) => Err(garde::Error::new("only a widget has this")),
        _ => Ok(()),
    }
}

fn url_fits(
    kind: ItemKind,
    widget: Option<Widget>,
) -> impl FnOnce(&Option<String>, &()) -> garde::Result {
    let has_url = matches!(kind, ItemKind::App | ItemKind::Link) || widget == Some(Widget::Feed);
    move |url, ()| match (has_url, url) {
        (true, None) => Err(garde::Error::new(
            "an app, link or feed needs its web address",
        )),
        (false, Some(_)) => Err(garde::Error::new(
            "only an app, link or feed has a web address",
        )),
        _ => Ok(()),
    }
}

fn body_fits(kind: ItemKind, widget: Option<Widget>) -> impl FnOnce(&str, &()) -> garde::Result {
    move |body, ()| match (kind, widget) {
        _ if body.is_empty() => Ok(()),
        (ItemKind::Card, _) => Ok(()),
        (ItemKind::Widget, Some(Widget::Clock)) if !are_time_zones(body) => Err(garde::Error::new(
            "must be up to 12 time zones like Europe/Berlin, one on each line",
        )),
        (ItemKind::Widget, _) if body.chars().count() > MAX_SETTINGS => {
            Err(garde::Error::new("must be at most 1,000 characters long"))
        }
        (ItemKind::Widget, _) => Ok(()),
        _ => Err(garde::Error::new("only a card or widget has a text")),
    }
}

/// The maximum length of the settings of a widget, in characters.
const MAX_SETTINGS: usize = 1_000;

/// Whether each line of a text can be the name of a time zone. Clients know which names there are.
fn are_time_zones(text: &str) -> bool {
    let is_name = |line: &str| {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"/_+-".contains(&b);
        (1..=64).contains(&line.len()) && line.bytes().all(is_plain)
    };
    text.split('\n').all(is_name) && text.split('\n').count() <= 12
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_addresses_have_a_host_and_a_possible_port() {
        for good in [
            "https://example.com",
            "http://nas:5000/",
            "http://[fd00::1]:8123/",
            "http://192.168.1.2:80/x?y#z",
            "http://127.1:3000",
            "http://2130706433",
            "https://1.2.3.example",
            "https://bücher.example/ü",
            "https://example.com.:443",
            "https://example.com:/",
            "https://a_b.example.com/",
        ] {
            assert!(web_url(good, &()).is_ok(), "{good}");
        }
        for bad in [
            "https://",
            "https:///x",
            "https://[::1/",
            "https://[::1]x/",
            "https://[]/",
            "https://[1.2.3.4]/",
            "https://::1/",
            "https://<script>/",
            "https://a|b/",
            "https://a^b/",
            "https://%3Cscript%3E/",
            "https://example.com:99999/",
            "https://example.com:65536/",
            "https://example.com:+80/",
            "https://example.com:x/",
            "https://:80/",
            "https://999.999.999.999/",
            "https://1.2.3.4.5/",
            "https://1.2.3.256/",
            "https://a.1/",
            "https://4294967296/",
            "https://user@example.com/",
            "https://user:pw@example.com/",
            "https://exa mple.com/",
            "ftp://example.com/",
            "javascript:alert(1)",
            "example.com",
        ] {
            assert!(web_url(bad, &()).is_err(), "{bad}");
        }
    }
}
