//! Items of a space and their order.
//!
//! A position is an exact decimal between those of its neighbours, and unique among the items
//! of one parent (the space or a folder). Docs: `docs/decisions/0002-positions-in-sql.md`.

use prox_types::{
    CreateItem, Item, ItemId, ItemKind, ItemSize, ItemVisibility, Mode, UpdateItem, Widget,
};

use crate::PageOf;
use crate::frame::*;
use crate::search::{EntryTerms, entry_statement, new_entry, update_entry};
use crate::spaces::space::written_unless_stale;
use crate::sql::statement;
use crate::statement::{Participants, Statement};

/// `target_space`: the space, when the actor's level in `leveled` suffices. Everything that is written comes
/// from it.
macro_rules! target_space_if_allowed {
    () => {
        r#",
target_space as materialized (
  select s.id, s.organization_id, s.spacing
  from gate join space s on s.id = gate.space_id join leveled on leveled.level >= :min_rank)"#
    };
}

/// The member `level` of an item's JSON, after its wire JSON: the level whose number is `$rank`.
macro_rules! level_member {
    ($rank:expr) => {
        concat!(
            r#"',"level":"' || (array['view', 'edit', 'manage'])["#,
            $rank,
            r#"] || '"'"#
        )
    };
}

/// `leveled`: the actor's level on the item `:item` (`on_item`), and on a change of it (`level`); no row when they
/// do not see it. `$level` is over `seen`, which also has their level on the folder or space that contains it
/// (`around`), and on the one that will (`$there`, as `there`).
macro_rules! level_of_change {
    ($there:expr, $level:expr) => {
        concat!(
            ",
leveled as materialized (
  select seen.on_item, least(seen.on_item, ",
            $level,
            ") as level
  from (
    select gate.by_role, ",
            item_level!("i", "gate"),
            " as on_item, ",
            level_on!("i.folder_id"),
            " as around, ",
            $there,
            " as there
    from gate join item i on i.space_id = gate.space_id and i.id = :item) seen
  where seen.on_item > 0)"
        )
    };
}

/// 3 for those who may decide who sees an item: members, and others who manage it. Over `seen`.
macro_rules! level_to_hide {
    () => {
        "case when seen.by_role > 0 or seen.on_item >= 3 then 3 else 1 end"
    };
}

/// `locked_space`: the newest version of the space, locked, so that writes to one space run one
/// after the other.
macro_rules! locked_space {
    () => {
        r#",
locked_space as materialized (
  select s.id, s.spacing from space s where s.id = (select target_space.id from target_space) for update)"#
    };
}

/// `touched`: increments the version of the space when `changed` has a row.
macro_rules! touch_space {
    ($spacing:literal) => {
        concat!(
            r#",
touched as (
  update space s set version = s.version + 1, updated_at = :now, spacing = s.spacing + "#,
            $spacing,
            " from changed where s.id = changed.space_id)"
        )
    };
}

macro_rules! items_audience {
    () => {
        r#",
audience as (
  select target_space.organization_id, null::jsonb as close, jsonb_build_array(
    jsonb_build_array('items', target_space.id), jsonb_build_array('space', target_space.id),
    jsonb_build_array('spaces', target_space.organization_id)) as keys
  from target_space where exists (select from changed))"#
    };
}

/// `insert_position`: the position of the item `:item` of kind `$kind` in `:folder_id` (or at the
/// top), after `:after` (or at the beginning); at the end when `:placed` is false. Its `problem` is
/// the reason when there is no position.
///
/// The id decides where in the gap the item goes, so two requests for one place get different
/// positions. A position gets about half a digit longer with each insertion into one gap. When a
/// position has more than 30 digits, all items of the parent get whole numbers (`crowded`,
/// `respaced`). A write that waited for such a change has an old snapshot, and runs again
/// (`concurrent`).
macro_rules! insert_position {
    ($kind:literal) => {
        concat!(
            r#",
neighbours as materialized (
  select i.id, i.position, row_number() over (order by i.position) as rank
  from target_space join item i on i.space_id = target_space.id
  where i.folder_id is not distinct from :folder_id and i.id <> :item),
crowded as materialized (
  select coalesce(bool_or(scale(n.position) > 30), false) as yes from neighbours n),
places as materialized (
  select n.id, case when crowded.yes then n.rank else n.position end as position from neighbours n, crowded),
before as (
  select case when :placed then (select places.position from places where places.id = :after)
    else (select max(places.position) from places) end as position),
behind as (
  select min(places.position) as position from places, before
  where before.position is null or places.position > before.position),
spread as (
  select (('x' || substr(md5(:item), 1, 4))::bit(16)::int + 1) / 65537.0 as part),
insert_position as (
  select case
    when before.position is null and behind.position is null then 1 + round(spread.part * 0.5, 5)
    when behind.position is null then floor(before.position) + 1 + round(spread.part * 0.5, 5)
    when before.position is null then ceil(behind.position) - 1 - round(spread.part * 0.5, 5)
    else trim_scale(round(
      before.position + (behind.position - before.position) * (0.25 + spread.part * 0.5),
      greatest(0, ceil(-log(behind.position - before.position))::int) + 5)) end as position,
  case
    when locked_space.id is null then 'not_found'
    when locked_space.spacing <> target_space.spacing then 'concurrent'
    when :folder_id is not null and "#,
            $kind,
            r#" = 'folder' then 'invalid place.folder_id'
    when :folder_id is not null and not exists (
      select from item f where f.space_id = target_space.id and f.id = :folder_id and f.kind = 'folder')
      then 'invalid place.folder_id'
    when :after is not null and not exists (select from places where places.id = :after)
      then 'invalid place.after' end as problem
  from target_space left join locked_space on true, before, behind, spread)"#
        )
    };
}

/// `respaced`: gives the other items of a crowded parent whole numbers, when `changed` has a row.
macro_rules! respace {
    ($when:literal) => {
        concat!(
            r#",
respaced as (
  update item i set position = places.position, version = i.version + 1, updated_at = :now
  from places, crowded, changed where crowded.yes and i.id = places.id and "#,
            $when,
            ")"
        )
    };
}

/// Lists the items of a space that the actor sees, in order, including those in folders. The key of the list is
/// `position id`.
#[must_use]
pub fn list(space: &str, page: PageOf<(String, String)>) -> Statement<Participants, Vec<Item>> {
    let (position, id) = page.after.unzip();
    statement!(
        Read: tenant_list!(
            tenant: guest!("true"),
            page: concat!(
                "
  select seen.wire, seen.level, seen.position::text || ' ' || seen.id as key
  from (
    select i.wire, i.position, i.id, ",
                item_level!("i", "allowed"),
                " as level
    from allowed join item i on i.space_id = allowed.space_id
    where :after_position is null or (i.position, i.id) > (:after_position::numeric, :after_id)) seen
  where seen.level > 0 order by seen.position, seen.id limit :limit + 1"
            ),
            found: "true",
            members: concat!("page.wire || ", level_member!("page.level")),
            bytes: "octet_length(page.wire)"
        ),
        space = space.to_owned(),
        limit = page.limit,
        after_position = position,
        after_id = id,
    )
}

/// Reads one item.
#[must_use]
pub fn read(space: &str, id: ItemId) -> Statement<Participants, Item> {
    statement!(
        Read: visitor_read!(concat!(
            "
    select '{' || i.wire || ",
            level_member!("i.level"),
            " || '}' as body, i.version
  from (
    select i.wire, i.version, ",
            item_level!("i", "allowed"),
            " as level
    from allowed join item i on i.space_id = allowed.space_id where i.id = :item) i
  where i.level > 0"
        )),
        space = space.to_owned(),
        item = id,
    )
}

/// Adds an item to a space, with its search entry.
#[must_use]
pub fn create(
    space: &str,
    id: ItemId,
    body: CreateItem,
    terms: &EntryTerms,
) -> Statement<Participants, Item> {
    let mode = body.mode.unwrap_or(match body.kind {
        ItemKind::App | ItemKind::Link => Mode::Tab,
        ItemKind::Card | ItemKind::Folder | ItemKind::Widget => Mode::Card,
    });
    let size = body.size.unwrap_or(match body.kind {
        ItemKind::Card | ItemKind::Widget => ItemSize::Card,
        ItemKind::App | ItemKind::Link | ItemKind::Folder => ItemSize::Icon,
    });
    let placed = body.place.is_some();
    let place = body.place.unwrap_or_default();
    entry_statement!(
        item_write!(
            ",\nleveled as materialized (
  select seen.on_item, least(seen.on_item, case when :visibility = 'private' then ",
            level_to_hide!(),
            " end) as level\n  from (select gate.by_role, ",
            level_on!(":folder_id"),
            " as on_item from gate) seen)",
            target_space_if_allowed!(),
            locked_space!(),
            insert_position!(":kind"),
            r#",
verdict as (
  select coalesce(insert_position.problem,
    case when not picture_exists(target_space.organization_id, :icon) then 'invalid icon' end) as problem
  from target_space, insert_position),
changed as (
  insert into item (id, space_id, kind, widget, title, description, url, body, icon, tags, mode, reasons,
    size, color, visibility, folder_id, position, created_at, updated_at)
  select :item, target_space.id, :kind, :widget, :title, :description, :url, :body, nullif(:icon, ''), :tags,
    :mode, :reasons, :size, lower(:color), :visibility, :folder_id, insert_position.position, :now, :now
  from target_space, insert_position, verdict where verdict.problem is null returning *)"#,
            respace!("true"),
            touch_space!("(select crowded.yes::int from crowded)"),
            new_entry!(
                kind: "changed.kind",
                organization: "target_space.organization_id",
                space: "changed.space_id",
                from: "changed, target_space"
            ),
            ",
written as (
  select '{' || changed.wire || ",
            level_member!("leveled.on_item"),
            r#" || '}' as body, changed.version, null::text as problem from changed, leveled
  union all select null, null, verdict.problem from verdict where verdict.problem is not null)"#,
            items_audience!()
        ),
        terms.all_vectors(),
        space = space.to_owned(),
        item = id,
        placed = placed,
        folder_id = place.folder_id,
        after = place.after,
        kind = kind_text(body.kind),
        widget = body.widget.map(widget_text),
        title = body.title,
        description = body.description,
        url = body.url,
        body = body.body,
        icon = body.icon,
        tags = body.tags,
        mode = mode_text(mode),
        reasons = body.reasons,
        size = size_text(size),
        color = body.color,
        visibility = body.visibility.name(),
    )
}

/// Changes or moves an item and its search entry, when its version is one of `versions` (any version when absent).
#[must_use]
pub fn update(
    space: &str,
    id: ItemId,
    body: UpdateItem,
    terms: &EntryTerms,
    versions: Option<Vec<i64>>,
) -> Statement<Participants, Item> {
    let placed = body.place.is_some();
    let place = body.place.unwrap_or_default();
    entry_statement!(
        item_write!(
            level_of_change!(
                level_on!(":folder_id"),
                concat!(
                    "case when :placed then least(seen.around, seen.there) end,
    case when :visibility is not null then ",
                    level_to_hide!(),
                    " end"
                )
            ),
            target_space_if_allowed!(),
            locked_space!(),
            r#",
    found as (select i.* from target_space join item i on i.space_id = target_space.id where i.id = :item)"#,
            insert_position!("(select found.kind from found)"),
            r#",
verdict as (
  select case
    when :placed then insert_position.problem
    end as place_problem,
  case
    when not picture_exists(target_space.organization_id, :icon) then 'invalid icon'
    when :url is not null and found.url is null then 'invalid url'
    when :body <> '' and found.kind not in ('card', 'widget') then 'invalid body'
    when found.kind = 'widget' and length(:body) > 1000 then 'invalid body'
    when found.widget = 'clock' and :body <> ''
      and :body !~ '^[A-Za-z0-9/_+-]{1,64}(\n[A-Za-z0-9/_+-]{1,64}){0,11}$' then 'invalid body'
    end as field_problem
  from target_space, found, insert_position),
changed as (
  update item i set title = coalesce(:title, i.title), description = coalesce(:description, i.description),
    url = coalesce(:url, i.url), body = coalesce(:body, i.body),
    icon = case when :icon = '' then null else coalesce(:icon, i.icon) end, tags = coalesce(:tags, i.tags),
    mode = coalesce(:mode, i.mode), reasons = coalesce(:reasons, i.reasons),
    size = coalesce(:size, i.size),
    color = case when :color = '' then null else coalesce(lower(:color), i.color) end,
    visibility = coalesce(:visibility, i.visibility),
    folder_id = case when :placed then :folder_id else i.folder_id end,
    position = case when :placed then insert_position.position else i.position end,
    version = i.version + 1, updated_at = :now
  from found, insert_position, verdict
  where i.id = found.id and verdict.place_problem is null and verdict.field_problem is null
    and (:versions is null or i.version = any(:versions)) returning i.*)"#,
            respace!(":placed"),
            touch_space!("(select (crowded.yes and :placed)::int from crowded)"),
            update_entry!(),
            ",
written as (
  select '{' || changed.wire || ",
            level_member!("leveled.on_item"),
            r#" || '}' as body, changed.version, null::text as problem from changed, leveled
  union all select null, null, coalesce(verdict.place_problem, verdict.field_problem, 'stale') from verdict
  where not exists (select from changed))"#,
            items_audience!()
        ),
        terms.vectors(),
        space = space.to_owned(),
        item = id,
        placed = placed,
        folder_id = place.folder_id,
        after = place.after,
        title = body.title,
        description = body.description,
        url = body.url,
        body = body.body,
        icon = body.icon,
        tags = body.tags,
        mode = body.mode.map(mode_text),
        reasons = body.reasons,
        size = body.size.map(size_text),
        color = body.color,
        visibility = body.visibility.map(ItemVisibility::name),
        versions = versions,
    )
}

/// Deletes an item. The items of a deleted folder take its place, in their order; those of a private one
/// become private.
#[must_use]
pub fn delete(space: &str, id: ItemId, versions: Option<Vec<i64>>) -> Statement<Participants, ()> {
    statement!(
        Write: item_write!(
            level_of_change!("null::integer", "seen.around"),
            target_space_if_allowed!(),
            locked_space!(),
            r#",
found as (
  select i.* from target_space join locked_space on locked_space.id = target_space.id
  join item i on i.space_id = target_space.id where i.id = :item),
changed as (
  delete from item i using found
  where i.id = found.id and (:versions is null or i.version = any(:versions))
  returning i.space_id, null::int8 as version),
children as (
  select i.id, row_number() over (order by i.position) - 1 as before, count(*) over () as total
  from found join item i on i.space_id = found.space_id and i.folder_id = found.id),
behind as (
  select min(i.position) as position from found
  join item i on i.space_id = found.space_id and i.folder_id is null and i.position > found.position),
step as (
  select coalesce((behind.position - found.position) / (select max(children.total) from children), 1) as size
  from found, behind),
released as (
  update item i set folder_id = null, version = i.version + 1, updated_at = :now,
    visibility = case when found.visibility = 'private' then 'private' else i.visibility end,
    position = trim_scale(round(found.position + step.size * children.before,
      greatest(scale(found.position), ceil(-log(step.size))::int + 2, 0)))
  from children, found, step, changed where i.id = children.id)"#,
            touch_space!("0"),
            written_unless_stale!("'null'"),
            items_audience!()
        ),
        space = space.to_owned(),
        item = id,
        versions = versions,
    )
}

fn kind_text(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::App => "app",
        ItemKind::Link => "link",
        ItemKind::Card => "card",
        ItemKind::Folder => "folder",
        ItemKind::Widget => "widget",
    }
}

fn widget_text(widget: Widget) -> &'static str {
    match widget {
        Widget::Clock => "clock",
        Widget::Health => "health",
        Widget::Events => "events",
        Widget::Search => "search",
        Widget::Feed => "feed",
    }
}

fn mode_text(mode: Mode) -> &'static str {
    match mode {
        Mode::Embed => "embed",
        Mode::Tab => "tab",
        Mode::Card => "card",
    }
}

fn size_text(size: ItemSize) -> &'static str {
    match size {
        ItemSize::Icon => "icon",
        ItemSize::Row => "row",
        ItemSize::Card => "card",
        ItemSize::Wide => "wide",
        ItemSize::Tall => "tall",
    }
}
