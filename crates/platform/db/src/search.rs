//! Search: the entries that the writes of other areas keep, the statement that finds them, and the
//! statements by which the sweep fills those that have no lexemes.
//!
//! An entry has two vectors. `head` has the lexemes of the short fields, each with the weight of its
//! field, so that a write replaces one field and keeps the others (`ts_filter`). `terms` also has those of
//! the long text, without weight. It decides what matches and in which order, and an index contains it.
//! Docs: `docs/decisions/0022-search-by-our-own-lexemes.md`.

use prox_types::{InstanceId, OrganizationId, Role, Slug, SpaceId};

use crate::frame::*;
use crate::sql::statement;
use crate::statement::{Actors, Anonymous, Statement, Tenants};

/// Hits of one request; the caller orders them again and cuts pages from them.
pub const WINDOW: usize = 60;
/// With fewer hits than these, similar words count too.
const ENOUGH: i64 = 5;
/// Hits by similar words.
const MAX_TYPOS: i64 = 20;
/// The newest events of an instance that are searched.
const RECENT_EVENTS: i64 = 200;
/// Events in a result.
const MAX_EVENTS: i64 = 10;

/// The lexemes of the fields that a write changes, one list for each field. A field that is absent keeps
/// its lexemes.
#[derive(Clone, Debug, Default)]
pub struct EntryTerms {
    /// Of the title.
    pub title: Option<Vec<String>>,
    /// Of the tags.
    pub tags: Option<Vec<String>>,
    /// Of the description.
    pub description: Option<Vec<String>>,
    /// Of the web address, slug or email address.
    pub address: Option<Vec<String>>,
    /// Of the long text.
    pub body: Option<Vec<String>>,
}

/// [`EntryTerms`] as texts that Postgres casts to `tsvector`.
pub(crate) struct Vectors {
    pub(crate) title: Option<String>,
    pub(crate) tags: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) address: Option<String>,
    pub(crate) body: Option<String>,
}

impl EntryTerms {
    /// The vectors of changed fields.
    pub(crate) fn vectors(&self) -> Vectors {
        let with = |field: &Option<Vec<String>>, end| field.as_ref().map(|all| vector(all, end));
        Vectors {
            title: with(&self.title, ":1A"),
            tags: with(&self.tags, ":2B"),
            description: with(&self.description, ":3C"),
            address: with(&self.address, ":4"),
            body: with(&self.body, ""),
        }
    }

    /// The vectors of a new entry: an absent field is empty.
    pub(crate) fn all_vectors(&self) -> Vectors {
        let Vectors {
            title,
            tags,
            description,
            address,
            body,
        } = self.vectors();
        Vectors {
            title: Some(title.unwrap_or_default()),
            tags: Some(tags.unwrap_or_default()),
            description: Some(description.unwrap_or_default()),
            address: Some(address.unwrap_or_default()),
            body: Some(body.unwrap_or_default()),
        }
    }

    /// All short fields as one vector.
    pub(crate) fn head(&self) -> String {
        let Vectors {
            title,
            tags,
            description,
            address,
            ..
        } = self.all_vectors();
        [title, tags, description, address]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Lexemes in the text form of a `tsvector`, each with a position and weight.
fn vector(lexemes: &[String], position: &str) -> String {
    let quoted = lexemes
        .iter()
        .map(|lexeme| format!("{}{position}", quoted(lexeme)));
    quoted.collect::<Vec<_>>().join(" ")
}

/// A lexeme in quotation marks, for `tsvector` and `tsquery`.
#[must_use]
pub fn quoted(lexeme: &str) -> String {
    format!("'{}'", lexeme.replace('\\', "\\\\").replace('\'', "''"))
}

/// `indexed`: adds the entry of `changed(id)`, a row of the kind `$kind`, with [`EntryTerms::all_vectors`].
/// `$organization` and `$space` are SQL expressions, `$from` joins what they need.
macro_rules! new_entry {
    (kind: $kind:literal, organization: $organization:literal, space: $space:literal, from: $from:literal) => {
        concat!(
            ",\nindexed as (
  insert into search_entry (id, kind, organization_id, space_id, head, body, updated_at, stale)
  select changed.id, ", $kind, ", ", $organization, ", ", $space, ",
    :title_terms::tsvector || :tag_terms::tsvector || :description_terms::tsvector || :address_terms::tsvector,
    :body_terms::tsvector, :now, false from ", $from, ")"
        )
    };
}

/// `indexed`: updates the entry of `changed(id)` where the write changes its fields.
macro_rules! update_entry {
    () => {
        r#",
indexed as (
  update search_entry se set updated_at = :now,
    head = coalesce(:title_terms::tsvector, ts_filter(se.head, '{a}'))
      || coalesce(:tag_terms::tsvector, ts_filter(se.head, '{b}'))
      || coalesce(:description_terms::tsvector, ts_filter(se.head, '{c}'))
      || coalesce(:address_terms::tsvector, ts_filter(se.head, '{d}')),
    body = coalesce(:body_terms::tsvector, se.body)
  from changed where se.id = changed.id
    and coalesce(:title_terms, :tag_terms, :description_terms, :address_terms, :body_terms) is not null)"#
    };
}

/// Builds a statement that writes an entry: binds [`Vectors`] in addition to its own parameters.
macro_rules! entry_statement {
    ($sql:expr, $vectors:expr, $($name:ident = $value:expr),+ $(,)?) => {{
        let vectors = $vectors;
        statement!(
            Write: $sql,
            $($name = $value,)+
            title_terms = vectors.title,
            tag_terms = vectors.tags,
            description_terms = vectors.description,
            address_terms = vectors.address,
            body_terms = vectors.body,
        )
    }};
}

pub(crate) use {entry_statement, new_entry, update_entry};

/// What a search looks for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Whether it looks for anything. Otherwise it finds nothing.
    pub is_something: bool,
    /// The lexemes that an entry must have, as a `tsquery`.
    pub query: Option<String>,
    /// The same with one typing error in each word.
    pub typos: Option<String>,
    /// The lexemes that decide the order: any of the words.
    pub any: Option<String>,
    /// Any of them as whole words.
    pub whole: Option<String>,
    /// Any of them with a typing error.
    pub any_typo: Option<String>,
    /// The tags that an item must have.
    pub tags: Option<String>,
    /// The words as typed, in lower case.
    pub plain: Vec<String>,
    /// The kinds to which the result is limited.
    pub kinds: Option<Vec<String>>,
    /// Slug or id of the space to which it is limited.
    pub within: Option<String>,
    /// The title of that space.
    pub within_title: Option<String>,
    /// Hits to leave out: a multiple of [`WINDOW`].
    pub skip: i64,
}

/// The caller's organization of something found.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct FoundOrganization {
    /// The id.
    pub id: OrganizationId,
    /// The slug.
    pub slug: Slug,
    /// The name.
    pub name: String,
    /// The caller's role in it.
    pub role: Role,
    /// Whether it is the caller's personal organization.
    pub personal: bool,
}

/// The space of something found.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct FoundSpace {
    /// The id.
    pub id: SpaceId,
    /// The slug.
    pub slug: Slug,
    /// The title.
    pub title: String,
}

/// Something that a search found, with its texts.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Found {
    /// The id of the item, space, instance, domain, dataset, membership or event.
    pub id: String,
    /// One of `prox_core::search::query::KINDS`.
    pub kind: String,
    /// Whether it matches with a typing error only.
    pub by_typo: bool,
    /// The organization.
    pub organization: FoundOrganization,
    /// The space, for items, domains and spaces.
    pub space: Option<FoundSpace>,
    /// The instance of an event.
    pub instance: Option<InstanceId>,
    /// Title or name.
    pub title: String,
    /// Tags of an item.
    pub tags: Vec<String>,
    /// The line under the title.
    pub description: String,
    /// Web address, slug or email address.
    pub address: String,
    /// Text of a card or payload of an event; cut when the texts of all are long.
    pub body: String,
    /// URL of a picture.
    pub icon: Option<String>,
}

/// The entries that match `$query` in the caller's organizations and among their members, with the rank
/// `$rank`. Short entries come from an index that contains these columns. `offset 0` keeps Postgres from
/// comparing the entries of all organizations: it takes reading vectors for cheap, and one scan of the
/// table for cheaper than the index. Only `head` knows the tags of a card from the words of its text.
macro_rules! matching {
    ($query:literal, $rank:expr) => {
        concat!(
            r#"
    select se.id, se.kind, se.organization_id, se.updated_at, "#,
            $rank,
            r#" as rank
    from (
      (select se.id, se.kind, se.organization_id, se.space_id, se.updated_at, se.terms from search_entry se
        where se.organization_id = any(array(select mine.id from mine)) and not se.is_long
      union all
      select se.id, se.kind, se.organization_id, se.space_id, se.updated_at, se.terms from search_entry se
        where se.organization_id = any(array(select mine.id from mine)) and se.is_long)
      offset 0) se
    where ("#,
            $query,
            " is null or se.terms @@ ",
            $query,
            r#"::tsquery)
      and (:tags is null or (se.terms @@ :tags::tsquery
        and exists (select from search_entry own where own.id = se.id and own.head @@ :tags::tsquery)))
      and (:kinds is null or se.kind = any(:kinds))
      and (:within is null or se.space_id in (select places.id from places))
    union all
    select m.id, se.kind, mine.id, se.updated_at, "#,
            $rank,
            r#"
    from mine
    join organization_user_membership m on m.organization_id = mine.id
    join search_entry se on se.id = m.user_id
    where ("#,
            $query,
            " is null or se.terms @@ ",
            $query,
            r#"::tsquery)
      and :tags is null and :within is null and (:kinds is null or 'member' = any(:kinds))"#
        )
    };
}

/// The rank of an entry, for the words of `$query`: the sum of the weights of the fields that have them,
/// a little less in long entries.
macro_rules! rank {
    ($query:literal) => {
        concat!(
            "coalesce(ts_rank('{0.1, 0.2, 0.6, 1}', se.terms, ",
            $query,
            "::tsquery, 1), 0)"
        )
    };
}

/// What a search finds in the organizations `mine`, as a JSON array in the order of its rank.
///
/// The rows of the entries are read by their keys, because of `offset 0`: joined as they are, the planner reads
/// whole tables to find sixty rows.
macro_rules! found {
    ($mine:expr) => {
        concat!(
            r#"
  with mine as materialized ("#,
            $mine,
            r#"),
  places as materialized (
    select s.id from mine join space s on s.organization_id = mine.id
    left join search_entry se on se.id = s.id
    where s.slug = :within or s.id = :within or se.head @@ :within_title::tsquery),
  hits as materialized (
    select hit.*, false as by_typo from ("#,
            matching!(":query", concat!(rank!(":any"), " + 2 * ", rank!(":whole"))),
            r#") hit
    order by hit.rank desc, hit.updated_at desc, hit.id limit :window + 1 offset :skip),
  similar_hits as materialized (
    select hit.*, true as by_typo from ("#,
            matching!(":typos", rank!(":any_typo")),
            r#") hit
    where :typos is not null and :skip = 0 and (select count(*) from hits) < :enough
      and not exists (select from hits where hits.id = hit.id)
    order by hit.rank desc, hit.updated_at desc, hit.id limit :max_typos),
  entries as materialized (
    select all_hits.*, row_number() over () as place
    from (select * from hits union all select * from similar_hits) all_hits),
  described as (
    select h.place, h.id, h.kind, h.by_typo, h.organization_id, s.id as space_id, s.slug as space_slug,
      s.title as space_title, null::text as instance_id,
      coalesce(i.title, d.hostname, s.title, inst.name, ds.name, u.name) as title,
      coalesce(i.tags, '{}') as tags,
      case when h.kind = 'space' then s.description else coalesce(i.description, ds.notes, '') end as description,
      case when h.kind = 'space' then s.slug else coalesce(i.url, inst.slug, ds.slug, u.email, '') end as address,
      case when h.kind = 'dataset' then column_names(ds.columns)
        when sum(octet_length(i.body)) over (order by h.place) <= 200000 then i.body
        else left(i.body, 1000) end as body,
      coalesce(i.icon, u.image) as icon
    from entries h
    left join lateral (select * from item i where i.id = h.id offset 0) i on true
    left join lateral (
      select * from domain d where d.id = h.id and d.removed_at is null offset 0) d on true
    left join lateral (
      select * from space s where s.id = coalesce(i.space_id, d.space_id, h.id) offset 0) s on true
    left join lateral (select * from instance inst where inst.id = h.id offset 0) inst on true
    left join lateral (select * from dataset ds where ds.id = h.id offset 0) ds on true
    left join lateral (
      select u.* from organization_user_membership m join "user" u on u.id = m.user_id
      where m.id = h.id offset 0) u on true),
  recent as (
    select e.id, e.type, e.text, inst.id as instance_id, mine.id as organization_id
    from mine join instance inst on inst.organization_id = mine.id
    cross join lateral (
      select e.id, e.type, case when e.payload_bytes <= 8192 then left(e.payload::text, 4000) else '' end as text
      from event e where e.instance_id = inst.id order by e.id desc limit :recent_events) e
    where :skip = 0 and :tags is null and :within is null and cardinality(:plain) + (:kinds is not null)::int > 0
      and (:kinds is null or 'event' = any(:kinds))),
  events as (
    select 1000000 as place, e.id, 'event' as kind, false as by_typo, e.organization_id,
      null::text as space_id, null::text as space_slug, null::text as space_title,
      e.instance_id, e.type as title, '{}'::text[] as tags, '' as description, '' as address, e.text as body, null::text as icon
    from recent e
    where not exists (
      select from unnest(:plain) word where strpos(lower(e.type || ' ' || e.text), word) = 0)
    order by e.id desc limit :max_events)
  select coalesce(json_agg(json_build_object(
    'id', f.id, 'kind', f.kind, 'by_typo', f.by_typo,
    'organization', json_build_object(
      'id', mine.id, 'slug', mine.slug, 'name', mine.name, 'role', mine.role, 'personal', mine.personal),
    'space', case when f.space_id is not null then json_build_object(
      'id', f.space_id, 'slug', f.space_slug, 'title', f.space_title) end,
    'instance', f.instance_id,
    'title', f.title, 'tags', f.tags, 'description', f.description, 'address', f.address,
    'body', coalesce(f.body, ''), 'icon', f.icon) order by f.place, f.id desc), '[]')::text as body,
    null::int8 as version
  from (select * from described where title is not null union all select * from events) f
  join mine on mine.id = f.organization_id"#
        )
    };
}

/// Builds the statement with the parameters of a [`Search`].
macro_rules! search_statement {
    ($sql:expr, $search:ident) => {
        statement!(
            Read: $sql,
            is_something = $search.is_something,
            query = $search.query,
            typos = $search.typos,
            any = $search.any,
            whole = $search.whole,
            any_typo = $search.any_typo,
            tags = $search.tags,
            plain = $search.plain,
            kinds = $search.kinds,
            within = $search.within,
            within_title = $search.within_title,
            skip = $search.skip,
            window = i64::try_from(WINDOW).unwrap_or(i64::MAX),
            enough = ENOUGH,
            max_typos = MAX_TYPOS,
            recent_events = RECENT_EVENTS,
            max_events = MAX_EVENTS,
        )
    };
}

/// Searches all organizations of the caller.
#[must_use]
pub fn everywhere(search: Search) -> Statement<Actors, Vec<Found>> {
    search_statement!(
        actor_read!(found!(
            r#"
    select o.id, o.slug, o.name, m.role, coalesce(o.personal_user_id = m.user_id, false) as personal
    from actor
    join organization_user_membership m on m.user_id = actor.user_id
    join organization o on o.id = m.organization_id where :is_something"#
        )),
        search
    )
}

/// Searches one organization.
#[must_use]
pub fn in_organization(search: Search) -> Statement<Tenants, Vec<Found>> {
    search_statement!(
        tenant_read!(found!(
            r#"
    select o.id, o.slug, o.name, allowed.role,
      coalesce(o.personal_user_id = allowed.user_id, false) as personal
    from allowed join organization o on o.id = allowed.id where :is_something"#
        )),
        search
    )
}

/// An entry without lexemes, with the texts to make them from.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct StaleEntry {
    /// The id.
    pub id: String,
    /// The version of the entry's row. Another write of it changes this.
    pub revision: String,
    /// The organization; empty for a person.
    pub organization_id: String,
    /// The space; empty when there is none.
    pub space_id: String,
    /// `updated_at` of the row that it describes.
    pub updated_at: String,
    /// Title or name.
    pub title: String,
    /// Tags.
    pub tags: Vec<String>,
    /// The line under the title.
    pub description: String,
    /// Web address, slug or email address.
    pub address: String,
    /// The long text.
    pub body: String,
}

/// Reads entries that have no lexemes or outdated ones, at most `count`.
#[must_use]
pub fn stale(count: i64) -> Statement<Anonymous, Vec<StaleEntry>> {
    statement!(
        Read: open_read!(
            r#"
  select coalesce(json_agg(p), '[]')::text as body, null::int8 as version
  from (
    select se.id, se.xmin::text as revision,
      coalesce(home.organization_id, s.organization_id, inst.organization_id, d.organization_id,
        ds.organization_id, '') as organization_id,
      coalesce(i.space_id, s.id, d.space_id, '') as space_id,
      coalesce(i.updated_at, s.updated_at, inst.updated_at, d.created_at, ds.updated_at, u.updated_at)::text
        as updated_at,
      coalesce(i.title, s.title, inst.name, d.hostname, ds.name, u.name) as title, coalesce(i.tags, '{}') as tags,
      coalesce(i.description, s.description, ds.notes, '') as description,
      coalesce(i.url, s.slug, inst.slug, ds.slug, u.email, '') as address,
      coalesce(i.body, column_names(ds.columns), '') as body
    from search_entry se
    left join item i on i.id = se.id left join space home on home.id = i.space_id
    left join space s on s.id = se.id
    left join instance inst on inst.id = se.id
    left join domain d on d.id = se.id and d.removed_at is null
    left join dataset ds on ds.id = se.id
    left join "user" u on u.id = se.id
    where se.stale and coalesce(i.id, s.id, inst.id, d.id, ds.id, u.id) is not null
    order by se.id limit :count) p"#
        ),
        count = count,
    )
}

/// Stores the lexemes of stale entries, except for those that another write changed in the meantime.
/// Returns how many were stored.
#[must_use]
pub fn fill(entries: Vec<(StaleEntry, EntryTerms)>) -> Statement<Anonymous, i64> {
    let column = |of: fn(&StaleEntry) -> &str| -> Vec<String> {
        entries
            .iter()
            .map(|(entry, _)| of(entry).to_owned())
            .collect()
    };
    statement!(
        Write: open_write!(
            r#"
filled as (
  update search_entry se
  set organization_id = nullif(x.organization_id, ''), space_id = nullif(x.space_id, ''),
    head = x.head::tsvector, body = x.body::tsvector, updated_at = x.updated_at::timestamptz, stale = false
  from unnest(:ids, :revisions, :organizations, :spaces, :times, :heads, :bodies)
    x(id, revision, organization_id, space_id, updated_at, head, body)
  where se.id = x.id and se.stale and se.xmin::text = x.revision returning se.id),
written as (
  select (select count(*) from filled)::text as body, null::int8 as version, null::text as problem)"#,
            no_audience!()
        ),
        ids = column(|entry| &entry.id),
        revisions = column(|entry| &entry.revision),
        organizations = column(|entry| &entry.organization_id),
        spaces = column(|entry| &entry.space_id),
        times = column(|entry| &entry.updated_at),
        heads = entries.iter().map(|(_, terms)| terms.head()).collect::<Vec<_>>(),
        bodies = entries.iter().map(|(_, terms)| terms.all_vectors().body.unwrap_or_default()).collect::<Vec<_>>(),
    )
}
