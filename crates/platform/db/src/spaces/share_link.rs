//! Share links: their list, and what happens when one is opened.

use prox_types::{CreateShareLink, GrantId, PublicSpace, ShareLink, ShareLinkId, SharedSpace};

use crate::PageOf;
use crate::frame::*;
use crate::spaces::public::{Reader, on_page, page_limits, public_page, restricted};
use crate::sql::statement;
use crate::statement::{Actors, Anonymous, Participants, Statement};

/// Wrong passphrases of a link within [`ATTEMPT_WINDOW`] after which it refuses all.
const MAX_ATTEMPTS: i32 = 10;
/// The time after the last wrong passphrase in which attempts count.
pub const ATTEMPT_WINDOW: &str = "15 minutes";

/// A link as the database keeps it: hashes of what its address and its visitors have.
#[derive(Clone, Debug)]
pub struct LinkSecrets {
    /// SHA-256 of the secret in the address.
    pub secret_hash: [u8; 32],
    /// HMAC-SHA256 of the passphrase under the secret.
    pub passphrase_hash: Option<[u8; 32]>,
}

/// What the holder of a link's address gets.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Opened {
    /// Why the page does not show, if it does not.
    pub closed: Option<Closed>,
    /// The id of the link.
    pub id: ShareLinkId,
    /// Whether the holder may keep the link, to change what it shows.
    pub edits: bool,
    /// What the link shows.
    pub space: Option<PublicSpace>,
}

/// Why a link shows nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    /// It asks for a passphrase.
    Passphrase,
    /// It opens a limited number of times, and the visitor has not decided to open it.
    Limited,
    /// It ended.
    Expired,
    /// It was opened as often as it may be.
    UsedUp,
    /// The passphrase was wrong.
    Wrong,
    /// Too many wrong passphrases came lately.
    Locked,
}

/// Lists the links of a space and its items that the actor manages, oldest first.
#[must_use]
pub fn list(space: &str, page: PageOf<String>) -> Statement<Participants, Vec<ShareLink>> {
    statement!(
        Read: tenant_list!(
            tenant: sharer!(),
            page: concat!(
                "
  select l.wire, l.id as key from allowed join share_link l on l.space_id = allowed.space_id
  left join item i on i.id = l.item_id
  where (:after is null or l.id > :after) and (allowed.level >= :min_rank or ",
                item_level!("i", "allowed"),
                " >= :min_rank)
    order by l.id limit :limit + 1"
            ),
            found: "true",
            members: "page.wire",
            bytes: "octet_length(page.wire)"
        ),
        space = space.to_owned(),
        limit = page.limit,
        after = page.after,
    )
}

/// Makes a link.
#[must_use]
pub fn create(
    space: &str,
    id: ShareLinkId,
    body: CreateShareLink,
    secrets: &LinkSecrets,
) -> Statement<Participants, ShareLink> {
    statement!(
        Write: sharing_write!(
            level_on!(":item"),
            r#",
verdict as materialized (
  select case
    when :expires_at <= :now then 'invalid expires_at'
    when :item is not null and not exists (
      select from item i where i.space_id = sharer.space_id and i.id = :item) then 'invalid item'
    end as problem from sharer),
changed as (
  insert into share_link (id, space_id, item_id, name, level, secret_hash, passphrase_hash, expires_at, max_uses,
    created_at)
  select :id, sharer.space_id, :item, :name, :level, :link_hash, :passphrase_hash, :expires_at, :max_uses, :now
  from sharer, verdict where verdict.problem is null returning *),
written as (
  select '{' || changed.wire || '}' as body, null::int8 as version, null::text as problem from changed
  union all select null, null, verdict.problem from verdict where verdict.problem is not null),
audience as (
  select sharer.id as organization_id, null::jsonb as close,
    jsonb_build_array(jsonb_build_array('share_links', sharer.space_id)) as keys
  from sharer where exists (select from changed))"#
        ),
        space = space.to_owned(),
        id = id,
        name = body.name,
        level = body.level.name(),
        item = body.item,
        expires_at = body.expires_at,
        max_uses = body.max_uses,
        link_hash = secrets.secret_hash,
        passphrase_hash = secrets.passphrase_hash.map(|hash| hash.to_vec()),
    )
}

/// Ends a link, with every grant to it and through it.
#[must_use]
pub fn delete(space: &str, id: ShareLinkId) -> Statement<Participants, ()> {
    statement!(
        Write: sharing_write!(
            concat!(
                "coalesce((select ",
                level_on!("l.item_id"),
                " from share_link l where l.space_id = gate.space_id and l.id = :id), gate.level)"
            ),
            r#",
holders as (
  select distinct g.user_id from sharer join "grant" g on g.space_id = sharer.space_id
  where g.share_link_id = :id and g.principal = 'user'),
changed as (
  delete from share_link l using sharer where l.space_id = sharer.space_id and l.id = :id returning l.id),
written as (select 'null' as body, null::int8 as version, null::text as problem from changed),
audience as (
  select sharer.id as organization_id, jsonb_build_object('space', sharer.space_id) as close,
    jsonb_build_array(jsonb_build_array('share_links', sharer.space_id), jsonb_build_array('grants', sharer.space_id),
      jsonb_build_array('space', sharer.space_id)) as keys
  from sharer where exists (select from changed)
  union all
  select o.id, null::jsonb, jsonb_build_array(jsonb_build_array('shared'))
  from sharer, changed, holders join organization o on o.personal_user_id = holders.user_id
  where o.id <> sharer.id)"#
        ),
        space = space.to_owned(),
        id = id,
    )
}

/// Opens a link: what it shows, or why it does not. `visit` is the hash of what a visitor got from
/// [`enter`]. `counts` says whether this is a use of a link without a limit.
#[must_use]
pub fn open(
    secret_hash: [u8; 32],
    visit: Option<[u8; 32]>,
    counts: bool,
    reader: Reader,
) -> Statement<Anonymous, Opened> {
    let limits = page_limits(reader);
    statement!(
        Write: concat!(
            "with",
            link_place!(),
            r#",
counted as (
  update share_link l set uses = l.uses + 1, last_used_at = :now
  from link where l.id = link.id and not link.gated and not link.is_over and :counts)"#,
            granted!(),
            public_page!(),
            r#",
data as (
  select json_build_object('id', link.id, 'edits', link.level = 'edit', 'closed', visitor.closed,
    'space', (select public_page.body::json from public_page))::text as body,
    null::int8 as version
  from link, visitor)
select case when not exists (select from data) then 'not_found' else 'ok' end,"#,
            data_columns!(),
            "null::int8"
        ),
        link_hash = secret_hash,
        visit = visit.map(|hash| hash.to_vec()),
        counts = counts,
        max_items = limits.items,
        max_text = limits.text,
        newest = limits.newest,
    )
}

/// The conditions under which a visitor enters a link, as `verdict(problem)` over `found`, the locked link.
/// `$from` is what the statement reads it from.
macro_rules! entry {
    ($from:literal) => {
        concat!(
            r#"
found as materialized (
  select l.*, l.attempted_at > :now - :attempt_window::interval as lately from "#,
            $from,
            r#"share_link l
  where l.secret_hash = :link_hash for update of l),
verdict as materialized (
  select case
    when found.expires_at <= :now then 'expired'
    when found.uses >= found.max_uses then 'used_up'
    when found.passphrase_hash is null or found.passphrase_hash = :passphrase_hash
      and not (found.lately and found.attempts >= :max_attempts) then null
    when found.lately and found.attempts >= :max_attempts then 'locked'
    else 'wrong' end as problem
  from found),
used as (
  update share_link l set uses = l.uses + (verdict.problem is null)::int,
    last_used_at = case when verdict.problem is null then :now else l.last_used_at end,
    attempts = case when verdict.problem is null then 0
      when verdict.problem = 'wrong' then case when found.lately then found.attempts else 0 end + 1
      else l.attempts end,
    attempted_at = case when verdict.problem = 'wrong' then :now else l.attempted_at end
  from found, verdict where l.id = found.id returning l.*)"#
        )
    };
}

/// Enters a link, which counts as a use. The visitor whose hash is given can [`open`] it from now on. A wrong
/// passphrase counts as an attempt.
#[must_use]
pub fn enter(secrets: &LinkSecrets, visit: [u8; 32]) -> Statement<Anonymous, Option<Closed>> {
    statement!(
        Write: open_write!(
            entry!(""),
            r#",
visit as (
  insert into share_link_visit (share_link_id, secret_hash, created_at)
  select used.id, :visit, :now from used, verdict where verdict.problem is null),
written as (
  select coalesce(to_json(verdict.problem)::text, 'null') as body, null::int8 as version, null::text as problem
  from verdict, used)"#,
            no_audience!()
        ),
        link_hash = secrets.secret_hash,
        passphrase_hash = secrets.passphrase_hash.map(|hash| hash.to_vec()),
        visit = visit,
        attempt_window = ATTEMPT_WINDOW,
        max_attempts = Some(MAX_ATTEMPTS),
    )
}

/// The answer to keeping a link.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Kept {
    /// Why it is not kept.
    pub closed: Option<Closed>,
    /// What is shared now.
    pub space: Option<SharedSpace>,
}

/// Gives the actor a grant of the link's level on what it shows, which ends with the link. Counts as a use.
#[must_use]
pub fn keep(secrets: &LinkSecrets, id: GrantId) -> Statement<Actors, Kept> {
    statement!(
        Write: actor_write!(
            ",",
            entry!("gate cross join "),
            r#",
space_of as (
  select s.id as space_id, s.organization_id as id from found join space s on s.id = found.space_id),
changed as (
  insert into "grant" as g (id, space_id, item_id, principal, user_id, share_link_id, level, created_at)
  select :id, used.space_id, used.item_id, 'user', gate.user_id, used.id, used.level, :now
  from gate, used, verdict where verdict.problem is null
  on conflict on constraint grant_principal_key do update set level = excluded.level
  returning g.*),
written as (
  select json_build_object('closed', verdict.problem, 'space', (
      select json_build_object('space_id', s.id,
        'organization', json_build_object('id', o.id, 'slug', o.slug, 'name', o.name), 'slug', s.slug,
        'title', case when changed.item_id is null then s.title end,
        'level', case when changed.item_id is null then changed.level end,
        'items', (changed.item_id is not null)::int)
      from changed join space s on s.id = changed.space_id join organization o on o.id = s.organization_id
    ))::text as body, null::int8 as version, null::text as problem
  from verdict, used)"#,
            ",
audience as (
  select a.organization_id, a.close, a.keys from (
    select space_of.id as organization_id, null::jsonb as close,
      jsonb_build_array(jsonb_build_array('grants', space_of.space_id),
        jsonb_build_array('share_links', space_of.space_id)) as keys
    from space_of where exists (select from changed)
    union all
    select o.id, null::jsonb, jsonb_build_array(jsonb_build_array('shared'))
    from changed join organization o on o.personal_user_id = changed.user_id
    where o.id not in (select space_of.id from space_of)) a)"
        ),
        link_hash = secrets.secret_hash,
        passphrase_hash = secrets.passphrase_hash.map(|hash| hash.to_vec()),
        id = id,
        attempt_window = ATTEMPT_WINDOW,
        max_attempts = Some(MAX_ATTEMPTS),
    )
}
