//! Who belongs to an organization.
//!
//! Owners may do everything. Admins may not touch owners nor make one. Anybody may
//! leave. The last owner stays.

use prox_types::{CreateMember, Member, MemberId, Role, UpdateMember, UserId};

use crate::PageOf;
use crate::statement::{Statement, Tenants, *};

macro_rules! member_json {
    ($m:literal, $u:literal) => {
        concat!(
            "json_build_object('id', ",
            $m,
            ".id, 'user_id', ",
            $u,
            ".id, 'email', ",
            $u,
            ".email, 'name', ",
            $u,
            ".name, 'image', ",
            $u,
            ".image, 'role', ",
            $m,
            ".role, 'created_at', rfc3339(",
            $m,
            ".created_at))"
        )
    };
}

/// `target`: the member `$8`. `owners`: all owners, locked, so that two cannot leave at idempotency.
macro_rules! target {
    () => {
        "target as (select m.* from gate g join organization_user_membership m on m.organization_id = g.id where m.id = $8),
owners as materialized (select m.id from organization_user_membership m
  where m.organization_id = (select id from gate) and m.role = 'owner' order by m.id for update of m)"
    };
}

macro_rules! members_audience {
    ($close:literal) => {
        concat!(
            "audience as (select g.id as organization_id, jsonb_build_array(jsonb_build_array('members', g.id)) as keys, ",
            $close, " as close from gate g where exists (select from changed))"
        )
    };
}

/// The members, in the order in which they came.
#[must_use]
pub fn list(page: PageOf<String>) -> Statement<Tenants, Vec<Member>> {
    Statement::read(tenant_list!(
        concat!(
            "select ", member_json!("m", "u"), " as body, m.id as key from allowed t",
            " join organization_user_membership m on m.organization_id = t.id join \"user\" u on u.id = m.user_id",
            " where ($9::text is null or m.id > $9) order by m.id limit $8 + 1"
        ),
        "true"
    ))
    .int(page.limit)
    .maybe_text(page.after)
}

/// One member.
#[must_use]
pub fn read(id: MemberId) -> Statement<Tenants, Member> {
    Statement::read(tenant_read!(concat!(
        "select ", member_json!("m", "u"), " as body, null::int8 as version from allowed t",
        " join organization_user_membership m on m.organization_id = t.id join \"user\" u on u.id = m.user_id where m.id = $8"
    )))
    .text(id.to_string())
}

/// Adds the person with an address. One who never signed in gets a row that nobody owns yet.
#[must_use]
pub fn create(
    id: MemberId,
    user: UserId,
    body: CreateMember,
    name: String,
) -> Statement<Tenants, Member> {
    Statement::write(tenant_write!(concat!(
        "permitted as (select g.* from gate g where g.role = 'owner' or $12 <> 'owner'),\n",
        "found as (select u.id, u.email, u.name, u.image from \"user\" u, permitted where u.email = $10),\n",
        "made as (insert into \"user\" (id, email, name, created_at, updated_at)",
        " select $9, $10, $11, $3, $3 from permitted where not exists (select from found) returning id, email, name, image),\n",
        "u as (select * from found union all select * from made),\n",
        "already as (select 1 from u join organization_user_membership m on m.user_id = u.id and m.organization_id = (select id from gate)),\n",
        "changed as (insert into organization_user_membership (id, organization_id, user_id, role, created_at, updated_at)",
        " select $8, p.id, u.id, $12, $3, $3 from permitted p, u where not exists (select from already) returning *),\n",
        "written as (select ", member_json!("c", "u"), " as body, null::int8 as version, null::text as problem from changed c, u",
        " union all select null, null, case when exists (select from permitted) then 'already_member' else 'forbidden' end",
        " from gate where exists (select from already) or not exists (select from permitted)),\n",
        members_audience!("null::jsonb")
    )))
    .text(id.to_string())
    .text(user.to_string())
    .text(body.email.to_lowercase())
    .text(name)
    .text(role_text(body.role))
}

/// Changes a member's role.
#[must_use]
pub fn update(id: MemberId, body: &UpdateMember) -> Statement<Tenants, Member> {
    Statement::write(tenant_write!(concat!(
        target!(), ",\n",
        "verdict as (select case",
        " when g.role <> 'owner' and (t.role = 'owner' or $9 = 'owner') then 'forbidden'",
        " when t.role = 'owner' and $9 <> 'owner' and not exists (select from owners o where o.id <> t.id) then 'last_owner'",
        " end as problem from gate g, target t),\n",
        "changed as (update organization_user_membership m set role = $9, updated_at = $3 from target t, verdict v",
        " where m.id = t.id and v.problem is null returning m.*),\n",
        "written as (select ", member_json!("c", "u"), " as body, null::int8 as version, null::text as problem from changed c join \"user\" u on u.id = c.user_id",
        " union all select null, null, v.problem from verdict v where v.problem is not null),\n",
        members_audience!("null::jsonb")
    )))
    .text(id.to_string())
    .text(role_text(body.role))
}

/// Removes a member, and closes their sockets.
#[must_use]
pub fn delete(id: MemberId) -> Statement<Tenants, ()> {
    Statement::write(tenant_write!(concat!(
        target!(), ",\n",
        "verdict as (select case",
        " when t.user_id <> g.user_id and (g.role = 'member' or (g.role <> 'owner' and t.role = 'owner')) then 'forbidden'",
        " when t.role = 'owner' and not exists (select from owners o where o.id <> t.id) then 'last_owner'",
        " end as problem from gate g, target t),\n",
        "changed as (delete from organization_user_membership m using target t, verdict v",
        " where m.id = t.id and v.problem is null returning m.user_id),\n",
        "written as (select 'null'::json as body, null::int8 as version, v.problem from verdict v),\n",
        members_audience!("(select jsonb_build_object('user', c.user_id) from changed c)")
    )))
    .text(id.to_string())
}

fn role_text(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Admin => "admin",
        Role::Member => "member",
    }
}
