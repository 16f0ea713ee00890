//! Events. They are recorded once and never changed.

use prox_types::{CreateEvent, Event, EventId};

use crate::PageOf;
use crate::statement::{Actors, Anonymous, Statement, Tenants, *};

macro_rules! event_json {
    ($e:literal) => {
        concat!(
            "json_build_object('id', ",
            $e,
            ".id, 'instance_id', ",
            $e,
            ".instance_id, 'type', ",
            $e,
            ".type, 'source', ",
            $e,
            ".source, 'external_id', ",
            $e,
            ".external_id, 'payload', ",
            $e,
            ".payload, 'created_at', rfc3339(",
            $e,
            ".created_at))"
        )
    };
}

/// What Slack sent, as it is kept.
#[derive(Clone, Debug)]
pub struct SlackDelivery {
    /// The event's own id, when it is new.
    pub id: EventId,
    /// The team or the Enterprise organization; finds the instance, through the Slack bot account.
    pub team_id: Option<String>,
    /// `slack.message`, `slack.command`…
    pub kind: String,
    /// Slack's id; a repeat of it is not stored twice.
    pub external_id: Option<String>,
    /// The content, without NUL characters.
    pub payload: serde_json::Value,
    /// Why the bot is gone, when that is what the event says: `app_uninstalled` or
    /// `tokens_revoked`.
    pub disconnected: Option<&'static str>,
}

/// The events of an instance, newest first.
#[must_use]
pub fn list(instance: &str, page: PageOf<String>) -> Statement<Tenants, Vec<Event>> {
    Statement::read(tenant_list!(
        concat!(
            "select ", event_json!("e"), " as body, e.id as key from allowed t",
            " join instance i on i.organization_id = t.id and (i.slug = $10 or i.id = $10) join event e on e.instance_id = i.id",
            " where ($9::text is null or e.id < $9) order by e.id desc limit $8 + 1"
        ),
        "exists (select from allowed t join instance i on i.organization_id = t.id where i.slug = $10 or i.id = $10)"
    ))
    .int(page.limit)
    .maybe_text(page.after)
    .text(instance)
}

/// One event.
#[must_use]
pub fn read(instance: &str, id: EventId) -> Statement<Tenants, Event> {
    Statement::read(tenant_read!(concat!(
        "select ", event_json!("e"), " as body, null::int8 as version from allowed t",
        " join instance i on i.organization_id = t.id and (i.slug = $8 or i.id = $8) join event e on e.instance_id = i.id where e.id = $9"
    )))
    .text(instance)
    .text(id.to_string())
}

/// Records an event; one with a known external id is answered as it was recorded.
#[must_use]
pub fn create(instance: &str, id: EventId, body: CreateEvent) -> Statement<Tenants, Event> {
    Statement::write(tenant_write!(concat!(
        instance_place!("gate"), ",\n",
        "known as (select e.* from place p join event e on e.instance_id = p.id where e.source = 'api' and e.external_id = $11),\n",
        "stored as (insert into event (id, instance_id, type, source, external_id, payload, created_at)",
        " select $9, p.id, $10, 'api', $11, $12::jsonb, $3 from place p where not exists (select from known) returning *),\n",
        "e as (select * from known union all select * from stored),\n",
        "written as (select ", event_json!("e"), " as body, null::int8 as version, null::text as problem from e),\n",
        "audience as (select p.organization_id, jsonb_build_array(jsonb_build_array('events', p.id)) as keys, null::jsonb as close from place p, stored)"
    )))
    .text(instance)
    .text(id.to_string())
    .text(body.kind)
    .maybe_text(body.external_id)
    .json(&body.payload)
}

/// Stores what Slack sent, for the instance that its team is linked to, or for none. Marks the
/// connector as disconnected when the bot is gone.
#[must_use]
pub fn receive_slack(delivery: SlackDelivery) -> Statement<Anonymous, ()> {
    Statement::write(open_write!(
        "place as (select i.id, i.organization_id, p.id as permission_id from account a
  join instance_account_permission p on p.account_id = a.id join instance i on i.id = p.instance_id
  where a.provider = 'slack-bot' and a.external_id = $9),
stored as (insert into event (id, instance_id, type, source, external_id, payload, created_at)
  values ($8, (select id from place), $10, 'slack', $11, $12::jsonb, $3)
  on conflict (external_id) where source = 'slack' do nothing returning id),
ended as (update instance_account_permission x set disconnected_at = coalesce(x.disconnected_at, $3), disconnected_reason = $13
  from place p, stored where x.id = p.permission_id and $13::text is not null
  and (x.disconnected_reason is null or $13 = 'app_uninstalled') returning x.id),
written as (select 'null'::json as body, null::int8 as version, null::text as problem),
audience as (select p.organization_id, case when exists (select from ended)
    then jsonb_build_array(jsonb_build_array('events', p.id), jsonb_build_array('connectors', p.id))
    else jsonb_build_array(jsonb_build_array('events', p.id)) end as keys, null::jsonb as close from place p, stored)"
    ))
    .text(delivery.id.to_string())
    .maybe_text(delivery.team_id)
    .text(delivery.kind)
    .maybe_text(delivery.external_id)
    .json(&delivery.payload)
    .maybe_text(delivery.disconnected.map(str::to_owned))
}

/// The events of no instance, newest first, for platform admins.
#[must_use]
pub fn unclaimed(page: PageOf<String>) -> Statement<Actors, Vec<Event>> {
    Statement::read(actor_list!(
        concat!(
            "select ", event_json!("e"), " as body, e.id as key from actor a join event e on e.instance_id is null",
            " where a.platform_role = 'admin' and ($9::text is null or e.id < $9) order by e.id desc limit $8 + 1"
        ),
        "exists (select from actor a where a.platform_role = 'admin')"
    ))
    .int(page.limit)
    .maybe_text(page.after)
}
