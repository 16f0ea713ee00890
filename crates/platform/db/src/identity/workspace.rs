//! Workspaces: the virtual desktops of one member.
//!
//! Each statement filters by the caller, so another member's workspace and a missing one answer
//! alike.

use prox_types::{CreateWorkspace, UpdateWorkspace, Workspace, WorkspaceId};

use crate::PageOf;
use crate::frame::*;
use crate::spaces::space::written_unless_stale;
use crate::sql::statement;
use crate::statement::{Statement, Tenants};

/// The JSON of the workspace `$workspace`. The layout is not in `wire`, because it may be large.
macro_rules! workspace_json {
    ($workspace:literal) => {
        concat!(
            "'{' || ",
            $workspace,
            r#".wire || ',"layout":' || "#,
            $workspace,
            ".layout::text || '}'"
        )
    };
}

/// `found`: the caller's workspace `:workspace`.
macro_rules! found {
    () => {
        r#",
found as (
  select w.organization_id, w.user_id, w.id from gate
  join workspace w on w.organization_id = gate.id and w.user_id = gate.user_id and w.id = :workspace)"#
    };
}

macro_rules! workspaces_audience {
    () => {
        r#",
audience as (
  select gate.id as organization_id, null::jsonb as close,
    jsonb_build_array(jsonb_build_array('workspaces', gate.id, gate.user_id)) as keys
  from gate where exists (select from changed))"#
    };
}

/// Lists the caller's workspaces in order, with their layouts. The key of the list is
/// `position id`.
#[must_use]
pub fn list(page: PageOf<(String, String)>) -> Statement<Tenants, Vec<Workspace>> {
    let (position, id) = page.after.unzip();
    statement!(
        Read: tenant_list!(
            page: r#"
  select w.wire, w.layout, w.layout_bytes, w.position::text || ' ' || w.id as key
  from allowed join workspace w on w.organization_id = allowed.id and w.user_id = allowed.user_id
  where :after_position is null or (w.position, w.id) > (:after_position::numeric, :after_id)
  order by w.position, w.id limit :limit + 1"#,
            found: "true",
            members: r#"page.wire || ',"layout":' || page.layout::text"#,
            bytes: "octet_length(page.wire) + page.layout_bytes"
        ),
        limit = page.limit,
        after_position = position,
        after_id = id,
    )
}

/// Reads one of the caller's workspaces.
#[must_use]
pub fn read(id: WorkspaceId) -> Statement<Tenants, Workspace> {
    statement!(
        Read: tenant_read!(concat!(
            "\n  select ", workspace_json!("w"), r#" as body, w.version
  from allowed join workspace w on w.organization_id = allowed.id and w.user_id = allowed.user_id
  where w.id = :workspace"#
        )),
        workspace = id,
    )
}

/// Creates a workspace for the caller. Takes one of the free slots by the id, so that concurrent
/// requests rarely want the same one.
#[must_use]
pub fn create(id: WorkspaceId, body: CreateWorkspace) -> Statement<Tenants, Workspace> {
    statement!(
        Write: tenant_write!(
            r#",
own as materialized (
  select w.id, w.slot, w.position from gate
  join workspace w on w.organization_id = gate.id and w.user_id = gate.user_id),
free as (
  select n as slot from generate_series(1, 50) n where n not in (select own.slot from own)
  order by md5(n || :workspace) limit 1),
verdict as (
  select case
    when exists (select from own where own.id = :workspace) then 'conflict'
    when not exists (select from free) then 'limit_reached' end as problem from gate),
changed as (
  insert into workspace (organization_id, user_id, id, slot, name, position, layout, created_at, updated_at)
  select gate.id, gate.user_id, :workspace, free.slot, :name,
    coalesce(:position, (select least(max(own.position)::int8 + 1000, 2147483647) from own having count(*) > 0), 0)::int4,
    jsonb_merge_patch('{}', coalesce(:layout, '{}')::jsonb), :now, :now
  from gate, free, verdict where verdict.problem is null returning *),
written as (
  select "#,
            workspace_json!("changed"),
            r#" as body, changed.version, null::text as problem from changed
    union all select null, null, verdict.problem from verdict where verdict.problem is not null)"#,
            workspaces_audience!()
        ),
        workspace = id,
        name = body.name,
        position = body.position,
        layout = body.layout,
    )
}

/// Changes a workspace of the caller, when its version is one of `versions` (any version when
/// absent). Merges the layout into that of the newest row.
#[must_use]
pub fn update(
    id: WorkspaceId,
    body: UpdateWorkspace,
    versions: Option<Vec<i64>>,
) -> Statement<Tenants, Workspace> {
    statement!(
        Write: tenant_write!(
            found!(),
            r#",
changed as (
  update workspace w set name = coalesce(:name, w.name), position = coalesce(:position, w.position),
    layout = case when :layout is null then w.layout else jsonb_merge_patch(w.layout, :layout::jsonb) end,
    version = w.version + 1, updated_at = :now
  from found where w.organization_id = found.organization_id and w.user_id = found.user_id
    and w.id = found.id and (:versions is null or w.version = any(:versions)) returning w.*)"#,
            written_unless_stale!(workspace_json!("changed")),
            workspaces_audience!()
        ),
        workspace = id,
        name = body.name,
        position = body.position,
        layout = body.layout,
        versions = versions,
    )
}

/// Deletes a workspace of the caller.
#[must_use]
pub fn delete(id: WorkspaceId, versions: Option<Vec<i64>>) -> Statement<Tenants, ()> {
    statement!(
        Write: tenant_write!(
            found!(),
            r#",
changed as (
  delete from workspace w using found
  where w.organization_id = found.organization_id and w.user_id = found.user_id and w.id = found.id
    and (:versions is null or w.version = any(:versions)) returning null::int8 as version)"#,
            written_unless_stale!("'null'"),
            workspaces_audience!()
        ),
        workspace = id,
        versions = versions,
    )
}
