//! Search, and the lexemes of what it finds.

use axum::response::Response;
use base16ct::lower::encode_string;
use prox_core::cursor::Cursor;
use prox_core::search::query::{Field, KINDS};
use prox_core::search::rank::{Texts, highlight, score, snippet};
use prox_core::search::{Match, Normalize, Query as SearchText, lexemes};
use prox_db::search::{EntryTerms, Found, Search, StaleEntry, WINDOW, quoted};
use prox_db::{Answer, Client, StatementError};
use prox_integrations::unicode::Unicode;
use prox_types::{
    CreateDataset, CreateItem, CreateSpace, ErrorCode, ItemKind, OrganizationSummary, Page, Role,
    SearchResult, SearchType, Slug, SpaceSummary, Timestamp, UpdateDataset, UpdateItem,
    UpdateSpace,
};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::http::access::{Members, SignedIn, Tenancy};
use crate::http::path::{OrgPath, Paging, Query};
use crate::http::problem::ApiError;
use crate::http::reply;

/// The longest query, in characters.
const MAX_QUERY: usize = 500;
/// The longest name of a space in a filter, in characters.
const MAX_WITHIN: usize = 200;
/// Windows of hits that can be paged through.
const MAX_WINDOWS: usize = 10;
/// Entries that one statement of [`fill_stale_entries`] reads.
const FILL_BATCH: i64 = 100;
/// Statements of one call of [`fill_stale_entries`].
const FILL_BATCHES: usize = 25;

/// The query parameters of a search.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchParams {
    /// Words, all of which must match; the last one also matches the beginning of a word. Filters may
    /// be among them: `kind:app`, `in:lab`, `tag:x`, with values in quotation marks where needed.
    #[param(max_length = 500)]
    q: Option<String>,
    /// Kind of the results: `item`, or one of `app`, `card`, `dataset`, `domain`, `event`, `folder`, `instance`,
    /// `link`, `member`, `space` and `widget`.
    #[param(
        pattern = "^(item|app|card|dataset|domain|event|folder|instance|link|member|space|widget)$"
    )]
    kind: Option<String>,
    /// Slug, id or title of the space of the results.
    #[serde(rename = "in")]
    #[param(rename = "in", max_length = 200)]
    within: Option<String>,
    /// Maximum number of results, 1–200; 50 when absent.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
    /// `next_cursor` of the previous page.
    #[param(min_length = 1, max_length = 512, pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
}

/// Searches the organizations of the caller: items, spaces, events, members, instances and domains.
#[utoipa::path(get, path = "/api/search", tag = "search", params(SearchParams), responses((status = 200, body = Page<SearchResult>)))]
pub(crate) async fn search(
    person: SignedIn,
    Query(params): Query<SearchParams>,
) -> Result<Response, ApiError> {
    let forms = Forms(&*person.call.ports().unicode);
    let request = SearchRequest::of(&params, &forms)?;
    let answer = person
        .run(prox_db::search::everywhere(request.search(&forms)))
        .await?;
    request.reply(answer, &forms)
}

/// Searches one organization.
#[utoipa::path(get, path = "/api/organizations/{org}/search", tag = "search", params(OrgPath, SearchParams), responses((status = 200, body = Page<SearchResult>)))]
pub(crate) async fn search_organization(
    tenant: Tenancy<Members>,
    Query(params): Query<SearchParams>,
) -> Result<Response, ApiError> {
    let forms = Forms(&*tenant.ports().unicode);
    let request = SearchRequest::of(&params, &forms)?;
    let answer = tenant
        .run(prox_db::search::in_organization(request.search(&forms)))
        .await?;
    request.reply(answer, &forms)
}

/// A validated search.
struct SearchRequest {
    text: SearchText,
    limit: usize,
    /// Results on the pages before.
    offset: usize,
    /// The name of the list in cursors, different for each query.
    list: String,
}

impl SearchRequest {
    fn of(params: &SearchParams, forms: &Forms<'_>) -> Result<Self, ApiError> {
        let q = params.q.as_deref().unwrap_or_default();
        if q.chars().nth(MAX_QUERY).is_some() {
            let advice = format!("must have at most {MAX_QUERY} characters");
            return Err(ApiError::field("q", advice));
        }
        let mut text = SearchText::parse(q, forms);
        if let Some(kind) = &params.kind
            && !text.limit_to_kind(kind)
        {
            let advice = format!("must be item or one of {}", KINDS.join(", "));
            return Err(ApiError::field("kind", advice));
        }
        if let Some(within) = &params.within {
            if within.chars().nth(MAX_WITHIN).is_some() {
                let advice = format!("must have at most {MAX_WITHIN} characters");
                return Err(ApiError::field("in", advice));
            }
            text.limit_to_space(within);
        }
        let mut hash = Sha256::new();
        for part in [Some(q), params.kind.as_deref(), params.within.as_deref()] {
            hash.update(part.unwrap_or_default());
            hash.update([0]);
        }
        let list = format!("search:{:.16}", encode_string(&hash.finalize()));
        let paging = Paging {
            limit: params.limit.clone(),
            cursor: params.cursor.clone(),
        };
        let page = reply::page_by_position(&list, &paging)?;
        let offset = match page.after {
            None => 0,
            Some((order, _)) => order
                .parse()
                .ok()
                .filter(|offset| *offset < WINDOW * MAX_WINDOWS)
                .ok_or(ErrorCode::BadCursor)?,
        };
        let limit = usize::try_from(page.limit).unwrap_or(WINDOW);
        Ok(Self {
            text,
            limit,
            offset,
            list,
        })
    }

    /// The parameters of the statement.
    fn search(&self, forms: &Forms<'_>) -> Search {
        let text = &self.text;
        let tags = text.tags.iter().map(|tag| format!("{}:B", quoted(tag)));
        let tags: Vec<String> = tags.collect();
        Search {
            is_something: !text.is_empty(),
            query: text.matches().as_ref().map(tsquery),
            typos: text.matches_with_typos().as_ref().map(tsquery),
            any: text.any_term().as_ref().map(tsquery),
            whole: text.whole_words().as_ref().map(tsquery),
            any_typo: text.any_typo().as_ref().map(tsquery),
            tags: (!tags.is_empty()).then(|| tags.join(" & ")),
            plain: text.plain.clone(),
            kinds: text
                .kinds
                .as_ref()
                .map(|kinds| kinds.iter().map(|&kind| kind.to_owned()).collect()),
            within: text.within.clone(),
            within_title: text.within_title(forms).as_ref().map(tsquery),
            skip: i64::try_from(self.offset / WINDOW * WINDOW).unwrap_or_default(),
        }
    }

    /// Orders what was found and answers with the requested page of it.
    fn reply(&self, answer: Answer<Vec<Found>>, forms: &Forms<'_>) -> Result<Response, ApiError> {
        let mut all = answer.parse()?;
        let is_full = all
            .iter()
            .filter(|found| !found.by_typo && found.kind != "event")
            .count()
            > WINDOW;
        if is_full {
            all.truncate(WINDOW);
        }
        let mut scored: Vec<(bool, u32, Found)> = all
            .into_iter()
            .filter_map(|found| {
                let score = score(&self.text, &texts(&found), found.by_typo, forms)?;
                Some((found.by_typo, score, found))
            })
            .collect();
        // Stable: equal scores stay in the order of the database.
        scored.sort_by_key(|(by_typo, score, _)| (*by_typo, std::cmp::Reverse(*score)));
        let window = self.offset / WINDOW;
        let start = self.offset % WINDOW;
        let count = scored.len();
        let page = scored.into_iter().skip(start).take(self.limit);
        let items = page
            .map(|(.., found)| self.result(found, forms))
            .collect::<Result<_, _>>()?;
        let next = if start + self.limit < count && self.offset + self.limit < (window + 1) * WINDOW
        {
            Some(self.offset + self.limit)
        } else {
            (is_full && window + 1 < MAX_WINDOWS).then_some((window + 1) * WINDOW)
        };
        let next_cursor = next.map(|offset| {
            Cursor {
                order: offset.to_string(),
                id: String::from("0"),
            }
            .encode(&self.list)
        });
        reply::json_response_at(&Page::<SearchResult> { items, next_cursor }, answer.seq)
    }

    fn result(&self, found: Found, forms: &Forms<'_>) -> Result<SearchResult, ApiError> {
        let title_segments = highlight(&self.text, &found.title, forms);
        let shown;
        let mut texts = texts(&found);
        if found.kind == "card" {
            shown = prox_pages::markdown_to_text(&found.body);
            texts.body = &shown;
        }
        let snippet = snippet(&self.text, &texts, forms);
        let (kind, item_kind) = match found.kind.as_str() {
            "app" => (SearchType::Item, Some(ItemKind::App)),
            "link" => (SearchType::Item, Some(ItemKind::Link)),
            "card" => (SearchType::Item, Some(ItemKind::Card)),
            "folder" => (SearchType::Item, Some(ItemKind::Folder)),
            "widget" => (SearchType::Item, Some(ItemKind::Widget)),
            "space" => (SearchType::Space, None),
            "event" => (SearchType::Event, None),
            "member" => (SearchType::Member, None),
            "instance" => (SearchType::Instance, None),
            "domain" => (SearchType::Domain, None),
            "dataset" => (SearchType::Dataset, None),
            other => {
                let cause = format!("an entry of the kind {other}");
                return Err(ApiError::from(ErrorCode::Internal).because(cause));
            }
        };
        let url = path_in_app(kind, &found);
        let why = match (found.organization.personal, found.organization.role) {
            (true, _) => String::from("Your home"),
            (false, Role::Member) => format!("Member of {}", found.organization.name),
            (false, Role::Admin) => format!("Admin of {}", found.organization.name),
            (false, Role::Owner) => format!("Owner of {}", found.organization.name),
        };
        Ok(SearchResult {
            kind,
            id: found.id,
            title: found.title,
            title_segments,
            snippet,
            url,
            why,
            organization: OrganizationSummary {
                id: found.organization.id,
                slug: found.organization.slug,
                name: found.organization.name,
            },
            space: found.space.map(|space| SpaceSummary {
                id: space.id,
                slug: space.slug,
                title: space.title,
            }),
            item_kind,
            icon: found.icon,
        })
    }
}

/// The path in the app that shows something found. The shell's `app/address.ts` reads it.
fn path_in_app(kind: SearchType, found: &Found) -> String {
    let organization = &found.organization.slug;
    let path = match &found.space {
        Some(space) => format!("/o/{organization}/{}", space.slug),
        None => format!("/o/{organization}"),
    };
    let window = match (kind, &found.space) {
        (SearchType::Item, Some(space)) => format!("{}.{}", space.id, found.id),
        (SearchType::Item | SearchType::Space, _) => return path,
        (SearchType::Event, _) => match &found.instance {
            Some(instance) => format!("events.{instance}.{}", found.id),
            None => String::from("events"),
        },
        (SearchType::Member, _) => format!("members.{}", found.id),
        (SearchType::Instance, _) => format!("instances.{}", found.id),
        (SearchType::Domain, _) => format!("domains.{}", found.id),
        (SearchType::Dataset, _) => format!("datasets.{}", found.id),
    };
    format!("{path}?window={window}")
}

fn texts(found: &Found) -> Texts<'_> {
    Texts {
        title: &found.title,
        tags: &found.tags,
        description: &found.description,
        address: &found.address,
        body: &found.body,
    }
}

/// A match as the text of a `tsquery`.
fn tsquery(wanted: &Match) -> String {
    let joined = |inner: &[Match], operator: &str| {
        let all: Vec<String> = inner.iter().map(tsquery).collect();
        format!("({})", all.join(operator))
    };
    match wanted {
        Match::All(inner) => joined(inner, " & "),
        Match::Any(inner) => joined(inner, " | "),
        Match::Lexeme {
            text,
            is_prefix,
            field,
        } => {
            let prefix = if *is_prefix { "*" } else { "" };
            let weight = match field {
                None => "",
                Some(Field::Title) => "A",
                Some(Field::Tags) => "B",
            };
            format!("{}:{prefix}{weight}", quoted(text))
        }
    }
}

/// Unicode's normal forms from the platform.
pub(crate) struct Forms<'a>(pub(crate) &'a dyn Unicode);

impl Normalize for Forms<'_> {
    fn decompose(&self, text: &str) -> String {
        self.0.decompose(text)
    }

    fn compose(&self, text: &str) -> String {
        self.0.compose(text)
    }
}

/// The lexemes of a new item.
pub(crate) fn of_new_item(item: &CreateItem, unicode: &dyn Unicode) -> EntryTerms {
    let forms = Forms(unicode);
    EntryTerms {
        title: Some(lexemes::of_title(&item.title, &forms)),
        tags: Some(lexemes::of_tags(&item.tags, &forms)),
        description: Some(lexemes::of_text(&item.description, &forms)),
        address: item.url.as_deref().map(|url| lexemes::of_text(url, &forms)),
        body: Some(lexemes::of_text(&item.body, &forms)),
    }
}

/// The lexemes of the fields that a change of an item names.
pub(crate) fn of_changed_item(item: &UpdateItem, unicode: &dyn Unicode) -> EntryTerms {
    let forms = Forms(unicode);
    let text = |text: &Option<String>| text.as_deref().map(|text| lexemes::of_text(text, &forms));
    EntryTerms {
        title: item
            .title
            .as_deref()
            .map(|title| lexemes::of_title(title, &forms)),
        tags: item
            .tags
            .as_deref()
            .map(|tags| lexemes::of_tags(tags, &forms)),
        description: text(&item.description),
        address: text(&item.url),
        body: text(&item.body),
    }
}

/// The lexemes of a new space. When the service chooses a slug with a number, the number is not in them.
pub(crate) fn of_new_space(
    space: &CreateSpace,
    slugs: &[String],
    unicode: &dyn Unicode,
) -> EntryTerms {
    of_changed_space(
        &UpdateSpace {
            title: Some(space.title.clone()),
            description: Some(space.description.clone()),
            slug: space
                .slug
                .clone()
                .or_else(|| slugs.first()?.parse::<Slug>().ok()),
            ..UpdateSpace::default()
        },
        unicode,
    )
}

/// The lexemes of the fields that a change of a space names.
pub(crate) fn of_changed_space(space: &UpdateSpace, unicode: &dyn Unicode) -> EntryTerms {
    let forms = Forms(unicode);
    EntryTerms {
        title: space
            .title
            .as_deref()
            .map(|title| lexemes::of_title(title, &forms)),
        description: space
            .description
            .as_deref()
            .map(|text| lexemes::of_text(text, &forms)),
        address: space
            .slug
            .as_ref()
            .map(|slug| lexemes::of_text(slug.as_str(), &forms)),
        ..EntryTerms::default()
    }
}

/// The lexemes of something with a name and an address, such as an instance and its slug. What is absent
/// keeps its lexemes.
pub(crate) fn of_named(
    name: Option<&str>,
    address: Option<&str>,
    unicode: &dyn Unicode,
) -> EntryTerms {
    let forms = Forms(unicode);
    EntryTerms {
        title: name.map(|name| lexemes::of_title(name, &forms)),
        address: address.map(|address| lexemes::of_text(address, &forms)),
        ..EntryTerms::default()
    }
}

/// The lexemes of a new dataset. `slugs` are those from which its own is taken.
pub(crate) fn of_new_dataset(
    dataset: &CreateDataset,
    slugs: &[String],
    unicode: &dyn Unicode,
) -> EntryTerms {
    let forms = Forms(unicode);
    let names: Vec<&str> = dataset.columns.iter().map(|it| it.name.as_str()).collect();
    let named = of_named(
        Some(&dataset.name),
        slugs.first().map(String::as_str),
        unicode,
    );
    EntryTerms {
        description: Some(lexemes::of_text(&dataset.notes, &forms)),
        body: Some(lexemes::of_text(&names.join(", "), &forms)),
        ..named
    }
}

/// The lexemes of the fields that a change of a dataset names.
pub(crate) fn of_changed_dataset(dataset: &UpdateDataset, unicode: &dyn Unicode) -> EntryTerms {
    let slug = dataset.slug.as_ref().map(Slug::as_str);
    let notes = dataset.notes.as_deref();
    EntryTerms {
        description: notes.map(|text| lexemes::of_text(text, &Forms(unicode))),
        ..of_named(dataset.name.as_deref(), slug, unicode)
    }
}

/// Fills the search entries of rows that were written without lexemes, in batches. Returns the number of
/// filled entries; more may be left for the next call.
///
/// # Errors
/// When a statement fails. The batches before it are stored.
pub async fn fill_stale_entries(
    client: &mut Client,
    unicode: &dyn Unicode,
    now: Timestamp,
) -> Result<i64, StatementError> {
    let forms = Forms(unicode);
    let mut filled = 0;
    for _ in 0..FILL_BATCHES {
        let stale = prox_db::search::stale(FILL_BATCH).for_anonymous(now);
        let stale: Vec<StaleEntry> = client.run(&stale).await?.parse()?;
        if stale.is_empty() {
            break;
        }
        let entries = stale.into_iter().map(|entry| {
            let terms = EntryTerms {
                title: Some(lexemes::of_title(&entry.title, &forms)),
                tags: Some(lexemes::of_tags(&entry.tags, &forms)),
                description: Some(lexemes::of_text(&entry.description, &forms)),
                address: Some(lexemes::of_text(&entry.address, &forms)),
                body: Some(lexemes::of_text(&entry.body, &forms)),
            };
            (entry, terms)
        });
        let fill = prox_db::search::fill(entries.collect()).for_anonymous(now);
        filled += client.run(&fill).await?.parse()?;
    }
    Ok(filled)
}
