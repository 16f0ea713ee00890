//! Notifications of users. The statements that cause them add them with [`notify`].
//!
//! One event has one id, and one row for each user whom it concerns. Every statement filters by the
//! caller, so another user's notification and a missing one answer alike.

use prox_types::{Notification, NotificationId, ReadNotifications, UnreadCount};

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
    ($news:literal) => {
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
