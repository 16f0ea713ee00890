//! Items of a space, in their order.
//!
//! A place is the middle between two neighbours' positions, which are exact
//! decimals: two people who insert at one place both succeed, and everybody sees
//! the same order, because equal positions fall back to the ids.

use prox_types::{CreateItem, Item, ItemId, ItemKind, Mode, Place, UpdateItem};

use crate::PageOf;
use crate::space::written_unless_stale;
use crate::statement::{Statement, Tenants, *};

/// An item as a row. As JSON, it costs Postgres a third less than `json_build_object`.
macro_rules! item_row {
    ($i:literal) => {
        concat!(
            "(select x from (select ",
            $i,
            ".id, ",
            $i,
            ".space_id, ",
            $i,
            ".kind, ",
            $i,
            ".title, ",
            $i,
            ".description, ",
            $i,
            ".url, ",
            $i,
            ".body, ",
            $i,
            ".icon, ",
            $i,
            ".tags, ",
            $i,
            ".mode, ",
            $i,
            ".reasons, ",
            $i,
            ".folder_id, ",
            $i,
            ".position::text as position, ",
            $i,
            ".version, rfc3339(",
            $i,
            ".created_at) as created_at, rfc3339(",
            $i,
            ".updated_at) as updated_at) x)"
        )
    };
}

macro_rules! item_json {
    ($i:literal) => {
        concat!("to_json(", item_row!($i), ")")
    };
}

/// `touched`: the space, one version on, once `changed` has a row.
macro_rules! touch_space {
    () => {
        "touched as (update space s set version = s.version + 1, updated_at = $3 from changed c where s.id = c.space_id)"
    };
}

macro_rules! items_audience {
    () => {
        "audience as (select h.organization_id, jsonb_build_array(jsonb_build_array('items', h.id), jsonb_build_array('space', h.id),
  jsonb_build_array('spaces', h.organization_id)) as keys, null::jsonb as close from home h where exists (select from changed))"
    };
}

/// `spot`: the position for item `$9` of kind `$kind` in folder `$11` after `$12`, or at the end
/// (`$10` false), or why there is none.
macro_rules! spot {
    ($kind:literal) => {
        concat!(
            "neighbours as materialized (select i.id, i.position from home h join item i on i.space_id = h.id",
            " where i.folder_id is not distinct from $11 and i.id <> $9),\n",
            "before as (select case when not $10 then (select max(n.position) from neighbours n)",
            " else (select n.position from neighbours n where n.id = $12) end as position),\n",
            "behind as (select min(n.position) as position from neighbours n, before b",
            " where $10 and (b.position is null or n.position > b.position)),\n",
            "spot as (select case",
            " when b.position is null and a.position is null then 1::numeric",
            " when a.position is null then floor(b.position) + 1",
            " when b.position is null then ceil(a.position) - 1",
            " else trim_scale((b.position + a.position) * 0.5) end as position,",
            " case",
            " when $11 is not null and ", $kind, " = 'folder' then 'invalid place.folder_id'",
            " when $11 is not null and not exists (select from home h join item f on f.space_id = h.id where f.id = $11 and f.kind = 'folder') then 'invalid place.folder_id'",
            " when $12 is not null and not exists (select from neighbours n where n.id = $12) then 'invalid place.after'",
            " end as problem from before b, behind a)"
        )
    };
}

/// The items of a space, in order; those in folders too. The key is `position id`.
#[must_use]
pub fn list(space: &str, page: PageOf<(String, String)>) -> Statement<Tenants, Vec<Item>> {
    let (position, id) = page.after.unzip();
    Statement::read(tenant_list!(
        concat!(
            "select ", item_row!("i"), " as body, i.position::text || ' ' || i.id as key from allowed t",
            " join space s on s.organization_id = t.id and (s.slug = $11 or s.id = $11) join item i on i.space_id = s.id",
            " where ($9::text is null or (i.position, i.id) > ($9::numeric, $10)) order by i.position, i.id limit $8 + 1"
        ),
        "exists (select from allowed t join space s on s.organization_id = t.id where s.slug = $11 or s.id = $11)"
    ))
    .int(page.limit)
    .maybe_text(position)
    .maybe_text(id)
    .text(space)
}

/// One item.
#[must_use]
pub fn read(space: &str, id: ItemId) -> Statement<Tenants, Item> {
    Statement::read(tenant_read!(concat!(
        "select ", item_json!("i"), " as body, i.version from allowed t",
        " join space s on s.organization_id = t.id and (s.slug = $8 or s.id = $8) join item i on i.space_id = s.id where i.id = $9"
    )))
    .text(space)
    .text(id.to_string())
}

/// Adds an item.
#[must_use]
pub fn create(space: &str, id: ItemId, body: CreateItem) -> Statement<Tenants, Item> {
    let mode = body.mode.unwrap_or(match body.kind {
        ItemKind::App | ItemKind::Link => Mode::Tab,
        ItemKind::Card | ItemKind::Folder => Mode::Card,
    });
    let statement = Statement::write(tenant_write!(concat!(
        home!("gate"),
        ",\n",
        spot!("$13"),
        ",\n",
        "changed as (insert into item (id, space_id, kind, title, description, url, body, icon, tags, mode, reasons, folder_id, position, created_at, updated_at)",
        " select $9, h.id, $13, $14, $15, $16, $17, nullif($18, ''), $19, $20, $21, $11, p.position, $3, $3 from home h, spot p where p.problem is null returning *),\n",
        touch_space!(),
        ",\n",
        "written as (select ",
        item_json!("c"),
        " as body, c.version, null::text as problem from changed c",
        " union all select null, null, p.problem from home, spot p where p.problem is not null),\n",
        items_audience!()
    )));
    bind_place(statement.text(space).text(id.to_string()), body.place)
        .text(kind_text(body.kind))
        .text(body.title)
        .text(body.description)
        .maybe_text(body.url)
        .text(body.body)
        .maybe_text(body.icon)
        .texts(body.tags)
        .text(mode_text(mode))
        .texts(body.reasons)
}

/// Changes or moves an item, when its version is one of `versions` (any, when absent).
#[must_use]
pub fn update(
    space: &str,
    id: ItemId,
    body: UpdateItem,
    versions: Option<Vec<i64>>,
) -> Statement<Tenants, Item> {
    let moves = body.place.is_some();
    let statement = Statement::write(tenant_write!(concat!(
        home!("gate"),
        ",\n",
        "found as (select i.* from home h join item i on i.space_id = h.id where i.id = $9),\n",
        spot!("(select kind from found)"),
        ",\n",
        "verdict as (select case",
        " when $13 and p.problem is not null then p.problem",
        " when $16 is not null and f.kind not in ('app', 'link') then 'invalid url'",
        " when $17 <> '' and f.kind <> 'card' then 'invalid body' end as problem from found f, spot p),\n",
        "changed as (update item i set title = coalesce($14, i.title), description = coalesce($15, i.description), url = coalesce($16, i.url),",
        " body = coalesce($17, i.body), icon = case when $18 = '' then null else coalesce($18, i.icon) end, tags = coalesce($19, i.tags),",
        " mode = coalesce($20, i.mode), reasons = coalesce($21, i.reasons),",
        " folder_id = case when $13 then $11 else i.folder_id end, position = case when $13 then p.position else i.position end,",
        " version = i.version + 1, updated_at = $3 from found f, spot p, verdict v",
        " where i.id = f.id and v.problem is null and ($22::int8[] is null or i.version = any($22)) returning i.*),\n",
        touch_space!(),
        ",\n",
        "written as (select ",
        item_json!("c"),
        " as body, c.version, null::text as problem from changed c",
        " union all select null, null, coalesce(v.problem, 'stale') from verdict v where not exists (select from changed)),\n",
        items_audience!()
    )));
    bind_place(statement.text(space).text(id.to_string()), body.place)
        .flag(moves)
        .maybe_text(body.title)
        .maybe_text(body.description)
        .maybe_text(body.url)
        .maybe_text(body.body)
        .maybe_text(body.icon)
        .maybe_texts(body.tags)
        .maybe_text(body.mode.map(mode_text))
        .maybe_texts(body.reasons)
        .maybe_ints(versions)
}

/// Deletes an item; what stood in a folder stands at the top afterwards.
#[must_use]
pub fn delete(space: &str, id: ItemId, versions: Option<Vec<i64>>) -> Statement<Tenants, ()> {
    Statement::write(tenant_write!(concat!(
        home!("gate"), ",\n",
        "found as (select i.id from home h join item i on i.space_id = h.id where i.id = $9),\n",
        "changed as (delete from item i using found f where i.id = f.id and ($10::int8[] is null or i.version = any($10)) returning i.space_id, null::int8 as version),\n",
        touch_space!(), ",\n",
        written_unless_stale!("'null'::json"), ",\n",
        items_audience!()
    )))
    .text(space)
    .text(id.to_string())
    .maybe_ints(versions)
}

/// `$10` to `$12`: whether a place is named, its folder, its neighbour before.
fn bind_place<T>(statement: Statement<Tenants, T>, place: Option<Place>) -> Statement<Tenants, T> {
    let named = place.is_some();
    let Place { folder_id, after } = place.unwrap_or_default();
    statement
        .flag(named)
        .maybe_text(folder_id.map(|id| id.to_string()))
        .maybe_text(after.map(|id| id.to_string()))
}

fn kind_text(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::App => "app",
        ItemKind::Link => "link",
        ItemKind::Card => "card",
        ItemKind::Folder => "folder",
    }
}

fn mode_text(mode: Mode) -> &'static str {
    match mode {
        Mode::Embed => "embed",
        Mode::Tab => "tab",
        Mode::Card => "card",
    }
}
