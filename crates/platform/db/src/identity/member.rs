//! Memberships of an organization.
//!
//! Owners may do everything. Admins may neither change nor appoint owners. Every member may leave,
//! except for the last owner and the owner of a personal organization.

use prox_types::{CreateMember, Member, MemberId, NotificationId, Role, UpdateMember, UserId};

use crate::PageOf;
use crate::frame::*;
use crate::identity::notification::{notified_keys, notify};
use crate::search::{EntryTerms, entry_statement};
use crate::sql::statement;
use crate::statement::{Statement, Tenants};

/// `target`: the member `:member`. `owners`: all owners, locked, so that two cannot leave at
/// the same time.
macro_rules! target {
    () => {
        r#",
target as (
  select m.* from gate join organization_user_membership m on m.organization_id = gate.id where m.id = :member),
owners as materialized (
  select m.id from organization_user_membership m
  where m.organization_id = (select id from gate) and m.role = 'owner' order by m.id for update of m)"#
    };
}

macro_rules! members_audience {
    ($close:literal) => {
        members_audience!($close, "'[]'")
    };
    ($close:literal, $more_keys:expr) => {
        members_audience!($close, $more_keys, "")
    };
    ($close:literal, $more_keys:expr, $more_rows:expr) => {
        concat!(
            r#",
audience as (
  select gate.id as organization_id, jsonb_build_array(jsonb_build_array('members', gate.id)) || "#,
            $more_keys,
            " as keys, ",
            $close,
            " as close from gate where exists (select from changed)",
            $more_rows,
            ")"
        )
    };
}

/// Lists the members, oldest membership first.
#[must_use]
pub fn list(page: PageOf<String>) -> Statement<Tenants, Vec<Member>> {
    statement!(
        Read: tenant_list!(
            page: r#"
  select m.wire as member_wire, u.wire as user_wire, m.id as key
  from allowed
  join organization_user_membership m on m.organization_id = allowed.id
  join "user" u on u.id = m.user_id
  where :after is null or m.id > :after order by m.id limit :limit + 1"#,
            found: "true",
            members: "page.member_wire || ',' || page.user_wire",
            bytes: "octet_length(page.member_wire) + octet_length(page.user_wire)"
        ),
        limit = page.limit,
        after = page.after,
    )
}

/// Reads one member.
#[must_use]
pub fn read(id: MemberId) -> Statement<Tenants, Member> {
    statement!(
        Read: tenant_read!(
            r#"
  select '{' || m.wire || ',' || u.wire || '}' as body, null::int8 as version
  from allowed
  join organization_user_membership m on m.organization_id = allowed.id
  join "user" u on u.id = m.user_id where m.id = :member"#
        ),
        member = id,
    )
}

/// Adds the user with an email address. An address without a user gets a new one, which its owner
/// takes over with their first sign-in. Notifies the admins.
#[must_use]
pub fn create(
    id: MemberId,
    user: UserId,
    notification: NotificationId,
    body: CreateMember,
    name: String,
    terms: &EntryTerms,
) -> Statement<Tenants, Member> {
    entry_statement!(
        tenant_write!(
            r#",
permitted as (select gate.* from gate where gate.role = 'owner' or :role <> 'owner'),
found as (select u.id, u.wire from "user" u, permitted where u.email = :email),
added as (
  insert into "user" (id, email, name, created_at, updated_at)
  select :new_user, :email, :name, :now, :now from permitted where not exists (select from found)
  returning id, wire),
indexed as (
  insert into search_entry (id, kind, head, body, updated_at, stale)
  select added.id, 'member', :title_terms::tsvector || :tag_terms::tsvector || :description_terms::tsvector
    || :address_terms::tsvector, :body_terms::tsvector, :now, false from added),
u as (select * from found union all select * from added),
already as (
  select 1 from u join organization_user_membership m
    on m.user_id = u.id and m.organization_id = (select id from gate)),
changed as (
  insert into organization_user_membership (id, organization_id, user_id, role, created_at, updated_at)
  select :member, permitted.id, u.id, :role, :now, :now from permitted, u
  where not exists (select from already) returning *)"#,
            notify!(
                r#"
  select changed.organization_id, changed.user_id as except_user, 'member_joined' as type,
    joined.name || ' joined ' || o.name as title, joined.email as body, '?window=members.' || changed.id as path,
    'members ' || changed.organization_id as group_key, changed.id as subject
  from changed join organization o on o.id = changed.organization_id
  join (select :email as email, coalesce((select known.name from "user" known where known.email = :email), :name)
    as name) joined on true"#
            ),
            r#",
written as (
  select '{' || changed.wire || ',' || u.wire || '}' as body, null::int8 as version, null::text as problem
  from changed, u
  union all select null, null, case when exists (select from permitted) then 'already_member' else 'forbidden' end
  from gate where exists (select from already) or not exists (select from permitted))"#,
            members_audience!("null::jsonb", notified_keys!())
        ),
        terms.all_vectors(),
        member = id,
        notification = notification,
        new_user = user,
        email = body.email.to_lowercase(),
        name = name,
        role = role_text(body.role),
    )
}

/// Changes a member's role.
#[must_use]
pub fn update(id: MemberId, body: &UpdateMember) -> Statement<Tenants, Member> {
    statement!(
        Write: tenant_write!(
            target!(),
            r#",
verdict as (
  select case
    when gate.role <> 'owner' and (target.role = 'owner' or :role = 'owner') then 'forbidden'
    when target.user_id = gate.personal_user_id and :role <> 'owner' then 'personal_owner'
    when target.role = 'owner' and :role <> 'owner'
      and not exists (select from owners where owners.id <> target.id) then 'last_owner'
    end as problem
  from gate, target),
changed as (
  update organization_user_membership m set role = :role, updated_at = :now from target, verdict
  where m.id = target.id and verdict.problem is null returning m.*),
written as (
  select '{' || changed.wire || ',' || u.wire || '}' as body, null::int8 as version, null::text as problem
  from changed join "user" u on u.id = changed.user_id
  union all select null, null, verdict.problem from verdict where verdict.problem is not null)"#,
            members_audience!("null::jsonb")
        ),
        member = id,
        role = role_text(body.role),
    )
}

/// Removes a member, closes their sockets, and deletes their notifications of this organization. Watchers in
/// organizations that granted something to this one are checked again.
#[must_use]
pub fn delete(id: MemberId) -> Statement<Tenants, ()> {
    statement!(
        Write: tenant_write!(
            target!(),
            r#",
verdict as (
  select case
    when target.user_id <> gate.user_id
      and (gate.role = 'member' or (gate.role <> 'owner' and target.role = 'owner')) then 'forbidden'
    when target.user_id = gate.personal_user_id then 'personal_owner'
    when target.role = 'owner'
      and not exists (select from owners where owners.id <> target.id) then 'last_owner'
    end as problem
  from gate, target),
changed as (
  delete from organization_user_membership m using target, verdict
  where m.id = target.id and verdict.problem is null returning m.user_id),
forgotten as (
  delete from notification n using changed, gate
  where n.user_id = changed.user_id and n.organization_id = gate.id),
written as (select 'null' as body, null::int8 as version, verdict.problem from verdict)"#,
            members_audience!(
                "(select jsonb_build_object('user', changed.user_id) from changed)",
                "'[]'",
                watchers_by_organization!("changed")
            )
        ),
        member = id,
    )
}

fn role_text(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Admin => "admin",
        Role::Member => "member",
    }
}
