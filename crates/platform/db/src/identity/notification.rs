//! Notifications of users. The statements that cause them add them with [`notify`].
//!
//! One event has one id, and one row for each user whom it concerns. Every statement filters by the
//! caller, so another user's notification and a missing one answer alike.

use prox_types::{ItemId, Notification, NotificationId, ReadNotifications, Timestamp, UnreadCount};

use crate::PageOf;
use crate::frame::*;
use crate::sql::statement;
use crate::statement::{Actors, Statement};

/// A page of notifications, without its cursor.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct NotificationPage {
    /// One more than requested, when there are more.
    pub items: Vec<Notification>,
    /// The number of unread ones on all pages.
    pub unread: i64,
}

/// `notified(user_id)`: adds a notification for the admins and owners of an organization. `$news` selects
/// at most one row `organization_id, except_user, type, title, body, path, group_key, subject`: the user
/// `except_user` gets none. What happens to one subject several times a day is one notification.
macro_rules! notify {
    ($news:expr) => {
        concat!(
            r#",
news as ("#,
            $news,
            r#"),
notified as (
  insert into notification (user_id, id, organization_id, type, title, body, path, group_key, dedupe_key, created_at)
  select m.user_id, :notification, news.organization_id, news.type, news.title, news.body, news.path,
    news.group_key, news.type || ' ' || news.subject || ' ' || (:now at time zone 'UTC')::date, :now
  from news join organization_user_membership m
    on m.organization_id = news.organization_id and role_rank(m.role) >= 2
  where m.user_id is distinct from news.except_user
  on conflict (user_id, dedupe_key) do nothing
  returning user_id)"#
        )
    };
}

/// The query keys of the users whom [`notify`] notified, to append to those of `audience`.
macro_rules! notified_keys {
    () => {
        r#"coalesce(
      (select jsonb_agg(jsonb_build_array('notifications', notified.user_id)) from notified), '[]')"#
    };
}

pub(crate) use {notified_keys, notify};

/// `audience`: the caller's devices in all their organizations.
macro_rules! own_audience {
    () => {
        r#",
audience as (
  select m.organization_id, null::jsonb as close,
    jsonb_build_array(jsonb_build_array('notifications', gate.user_id)) as keys
  from gate join organization_user_membership m on m.user_id = gate.user_id
  where exists (select from changed))"#
    };
}

/// Lists the notifications of the signed-in user, newest first, with the number of unread ones.
#[must_use]
pub fn list(page: PageOf<String>) -> Statement<Actors, NotificationPage> {
    statement!(
        Read: actor_read!(
            r#"
  select json_build_object(
    'items', (
      select coalesce(json_agg(json_build_object(
        'id', n.id, 'type', n.type, 'title', n.title, 'body', n.body,
        'url', case when o.id is null then n.path else '/o/' || o.slug || n.path end,
        'group_key', n.group_key,
        'organization', case when o.id is not null then
          json_build_object('id', o.id, 'slug', o.slug, 'name', o.name) end,
        'created_at', rfc3339(n.created_at), 'read_at', rfc3339(n.read_at)) order by n.id desc), '[]')
      from (
        select * from notification n
        where n.user_id = actor.user_id and (:after is null or n.id < :after)
        order by n.id desc limit :limit + 1) n
      left join organization o on o.id = n.organization_id),
    'unread', (select count(*) from notification n where n.user_id = actor.user_id and n.read_at is null)
    )::text as body, null::int8 as version
  from actor"#
        ),
        limit = page.limit,
        after = page.after,
    )
}

/// Marks notifications of the signed-in user as read.
#[must_use]
pub fn mark_read(body: ReadNotifications) -> Statement<Actors, UnreadCount> {
    let ids = body.ids.map(|ids| {
        ids.iter()
            .map(NotificationId::to_string)
            .collect::<Vec<_>>()
    });
    statement!(
        Write: actor_write!(
            r#",
changed as (
  update notification n set read_at = :now from gate
  where n.user_id = gate.user_id and n.read_at is null
    and (:ids is null or n.id = any(:ids)) and (:before is null or n.created_at <= :before)
  returning n.id),
written as (
  select json_build_object('unread', (
    select count(*) from notification n
    where n.user_id = gate.user_id and n.read_at is null
      and not exists (select from changed where changed.id = n.id)))::text as body,
    null::int8 as version, null::text as problem from gate)"#,
            own_audience!()
        ),
        ids = ids,
        before = body.before,
    )
}

/// Something that a client of the signed-in user reports.
#[derive(Clone, Copy, Debug)]
pub enum Report<'a> {
    /// An item that the user may see was not shown.
    FrameFailed {
        /// The item.
        item: ItemId,
        /// Text of the notification.
        body: &'a str,
    },
    /// The API did not answer, and does again.
    ApiUnavailable {
        /// How long.
        seconds: i32,
        /// Text of the notification.
        body: &'a str,
    },
}

/// Adds a notification that a client of the signed-in user reports. An item has one a day. Devices that
/// report times without an answer that overlap report the same. A trigger (0021) limits their number.
#[must_use]
pub fn report(id: NotificationId, report: Report<'_>) -> Statement<Actors, ()> {
    let (item, seconds, body) = match report {
        Report::FrameFailed { item, body } => (Some(item), None, body),
        Report::ApiUnavailable { seconds, body } => (None, Some(seconds), body),
    };
    statement!(
        Write: actor_write!(
            r#",
news as (
  select s.organization_id, 'frame_failed' as type, i.title || ' could not be shown' as title,
    '/' || s.slug || '?window=' || s.id || '.' || i.id as path, 'item ' || i.id as group_key,
    'frame_failed ' || i.id || ' ' || (:now at time zone 'UTC')::date as dedupe_key
  from gate join item i on i.id = :item
  join space s on s.id = i.space_id
  join organization_user_membership m on m.organization_id = s.organization_id and m.user_id = gate.user_id
  union all
  select null, 'api_unavailable', 'Prox OS could not be reached', '/', 'api',
    'api_unavailable ' || date_trunc('minute', :now)
  from gate where :seconds::int4 is not null),
changed as (
  insert into notification (user_id, id, organization_id, type, title, body, path, group_key, dedupe_key, created_at)
  select gate.user_id, :notification, news.organization_id, news.type, news.title, :body, news.path,
    news.group_key, news.dedupe_key, :now
  from gate, news
  where not exists (
    select from notification n
    where n.user_id = gate.user_id and n.type = 'api_unavailable' and news.type = n.type
      and n.created_at > :now - make_interval(secs => :seconds))
  on conflict (user_id, dedupe_key) do nothing
  returning id),
written as (
  select 'null' as body, null::int8 as version, null::text as problem from gate where exists (select from news))"#,
            own_audience!()
        ),
        notification = id,
        item = item,
        seconds = seconds,
        body = body.to_owned(),
    )
}

/// Deletes notifications of the signed-in user: those of `ids`, those of a group, those created until
/// `before`, or all.
#[must_use]
pub fn clear(
    ids: Option<Vec<NotificationId>>,
    group: Option<String>,
    before: Option<Timestamp>,
) -> Statement<Actors, ()> {
    let ids = ids.map(|ids| {
        ids.iter()
            .map(NotificationId::to_string)
            .collect::<Vec<_>>()
    });
    statement!(
        Write: actor_write!(
            r#",
changed as (
  delete from notification n using gate
  where n.user_id = gate.user_id and (:ids is null or n.id = any(:ids))
    and (:group is null or n.group_key = :group) and (:before is null or n.created_at <= :before)
  returning n.id),
written as (select 'null' as body, null::int8 as version, null::text as problem from gate)"#,
            own_audience!()
        ),
        ids = ids,
        group = group,
        before = before,
    )
}

/// Deletes a notification of the signed-in user.
#[must_use]
pub fn delete(id: NotificationId) -> Statement<Actors, ()> {
    statement!(
        Write: actor_write!(
            r#",
changed as (
  delete from notification n using gate
  where n.user_id = gate.user_id and n.id = :notification returning n.id),
written as (select 'null' as body, null::int8 as version, null::text as problem from changed)"#,
            own_audience!()
        ),
        notification = id,
    )
}
