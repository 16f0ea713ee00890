//! Events of an instance. An event never changes.

use prox_types::{CreateEvent, Event, EventId, JsonText, NotificationId, Timestamp};

use crate::PageOf;
use crate::datasets::collector::{collected, collected_keys};
use crate::frame::*;
use crate::identity::notification::{notified_keys, notify};
use crate::sql::statement;
use crate::statement::{Actors, Anonymous, Statement, Tenants};

/// The JSON members of an event in a list. The payload is added after the size of the page is
/// known, because 200 payloads may have 50 MB.
macro_rules! event_members {
    () => {
        r#"page.wire || ',"payload":' || page.payload::text"#
    };
}

macro_rules! event_bytes {
    () => {
        "page.payload_bytes + octet_length(page.wire)"
    };
}

macro_rules! events_audience {
    () => {
        concat!(
            r#",
audience as (
  select target_instance.organization_id, null::jsonb as close,
    jsonb_build_array(jsonb_build_array('events', target_instance.id)) || "#,
            collected_keys!(),
            r#" as keys
  from target_instance, stored)"#
        )
    };
}

/// A delivery from Slack.
#[derive(Clone, Debug)]
pub struct SlackDelivery {
    /// The id of a new event.
    pub id: EventId,
    /// The id of a notification, when the app was removed.
    pub notification: NotificationId,
    /// The Slack team or Enterprise organization. Its connector determines the instance.
    pub team_id: Option<String>,
    /// The event type, such as `slack.message` or `slack.command`.
    pub kind: String,
    /// Slack's id of the delivery. A repeat of it from the same team is not stored.
    pub external_id: Option<String>,
    /// The payload.
    pub payload: JsonText,
    /// Why the app was removed, when the event reports that: `app_uninstalled` or `tokens_revoked`.
    pub disconnected: Option<&'static str>,
    /// The time of the event, to the second; none when Slack does not send it.
    pub happened_at: Option<Timestamp>,
}

/// Lists the events of an instance, newest first.
#[must_use]
pub fn list(instance: &str, page: PageOf<String>) -> Statement<Tenants, Vec<Event>> {
    statement!(
        Read: tenant_list!(
            page: r#"
  select e.wire, e.payload, e.payload_bytes, e.id as key
  from allowed
  join instance inst on inst.organization_id = allowed.id and (inst.slug = :instance or inst.id = :instance)
  join event e on e.instance_id = inst.id
  where :after is null or e.id < :after order by e.id desc limit :limit + 1"#,
            found: r#"exists (
    select from allowed join instance inst on inst.organization_id = allowed.id
    where inst.slug = :instance or inst.id = :instance)"#,
            members: event_members!(),
            bytes: event_bytes!()
        ),
        instance = instance.to_owned(),
        limit = page.limit,
        after = page.after,
    )
}

/// Reads one event.
#[must_use]
pub fn read(instance: &str, id: EventId) -> Statement<Tenants, Event> {
    statement!(
        Read: tenant_read!(
            r#"
  select '{' || e.wire || ',"payload":' || e.payload::text || '}' as body, null::int8 as version
  from allowed
  join instance inst on inst.organization_id = allowed.id and (inst.slug = :instance or inst.id = :instance)
  join event e on e.instance_id = inst.id where e.id = :event"#
        ),
        instance = instance.to_owned(),
        event = id,
    )
}

/// Records an event. When the instance has an event with the same external id, returns that one.
#[must_use]
pub fn create(instance: &str, id: EventId, body: CreateEvent) -> Statement<Tenants, Event> {
    statement!(
        Write: tenant_write!(
            target_instance!(),
            r#",
known as (
  select e.wire, e.payload from target_instance
  join event e on e.instance_id = target_instance.id and e.source = 'api' and e.external_id = :external_id),
stored as (
  insert into event (id, instance_id, type, source, external_id, payload, created_at)
  select :event, target_instance.id, :type, 'api', :external_id, :payload::json, :now
  from target_instance where not exists (select from known) returning wire, payload)"#,
            collected!("select target_instance.id as instance from target_instance, stored"),
            r#",
e as (select * from known union all select * from stored),
written as (
  select '{' || e.wire || ',"payload":' || e.payload::text || '}' as body,
    null::int8 as version, null::text as problem from e)"#,
            events_audience!()
        ),
        instance = instance.to_owned(),
        event = id,
        type = body.kind,
        external_id = body.external_id,
        payload = body.payload,
    )
}

/// Stores a delivery for the instance to which the team is connected, or for none. Marks the
/// connector as disconnected when the app was removed, unless it was connected after that, and notifies
/// the admins.
#[must_use]
pub fn receive_slack(delivery: SlackDelivery) -> Statement<Anonymous, ()> {
    statement!(
        Write: open_write!(
            r#"
target_instance as (
  select inst.id, inst.organization_id, p.id as permission_id, a.name as account_name,
    p.disconnected_at is null as was_connected
  from account a
  join instance_account_permission p on p.account_id = a.id
  join instance inst on inst.id = p.instance_id
  where a.provider = 'slack-bot' and a.external_id = :team),
stored as (
  insert into event (id, instance_id, type, source, sender_id, delivery_id, payload, created_at)
  select :event, (select id from target_instance), :type, 'slack', :team, :external_id, :payload::json, :now
  -- The release before 0007 stored the delivery's id without its team.
  where not exists (select from event e where e.source = 'slack' and e.external_id = :external_id)
  on conflict (sender_id, delivery_id) where source = 'slack' and delivery_id is not null do nothing
  returning id)"#,
            collected!("select target_instance.id as instance from target_instance, stored"),
            r#",
ended as (
  update instance_account_permission p
  set disconnected_at = coalesce(p.disconnected_at, :now), disconnected_reason = :disconnected
  from target_instance, stored
  where p.id = target_instance.permission_id and :disconnected is not null
    and coalesce(:happened_at, :now) >= date_trunc('second', coalesce(p.connected_at, p.created_at))
    and (p.disconnected_reason is null or :disconnected = 'app_uninstalled')
  returning p.id, p.disconnected_reason)"#,
            notify!(
                r#"
  select target_instance.organization_id, null::text as except_user, 'connector_disconnected' as type,
    target_instance.account_name || ' was disconnected' as title,
    case ended.disconnected_reason when 'app_uninstalled' then 'The app was removed at Slack.'
      else 'Slack revoked the access of the app.' end || ' Events of it no longer arrive.' as body,
    '?window=connectors' as path, 'connector ' || ended.id as group_key, ended.id as subject
  from target_instance, ended where target_instance.was_connected"#
            ),
            r#",
written as (select 'null' as body, null::int8 as version, null::text as problem),
audience as (
  select target_instance.organization_id, null::jsonb as close,
    jsonb_build_array(jsonb_build_array('events', target_instance.id)) || case when exists (select from ended)
      then jsonb_build_array(jsonb_build_array('connectors', target_instance.id)) else '[]' end || "#,
            notified_keys!(),
            " || ",
            collected_keys!(),
            r#" as keys
    from target_instance, stored)"#
        ),
        event = delivery.id,
        notification = delivery.notification,
        team = delivery.team_id,
        type = delivery.kind,
        external_id = delivery.external_id,
        payload = delivery.payload,
        disconnected = delivery.disconnected,
        happened_at = delivery.happened_at,
    )
}

/// Lists the events that belong to no instance, newest first, for platform admins.
#[must_use]
pub fn unclaimed(page: PageOf<String>) -> Statement<Actors, Vec<Event>> {
    statement!(
        Read: actor_list!(
            page: r#"
  select e.wire, e.payload, e.payload_bytes, e.id as key
  from actor join event e on e.instance_id is null
  where actor.platform_role = 'admin' and (:after is null or e.id < :after)
  order by e.id desc limit :limit + 1"#,
            allowed: "exists (select from actor where actor.platform_role = 'admin')",
            members: event_members!(),
            bytes: event_bytes!()
        ),
        limit = page.limit,
        after = page.after,
    )
}
