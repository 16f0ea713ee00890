//! Provider accounts that an instance may use.

use prox_types::{
    AccountId, Connector, InstanceId, OrganizationId, PermissionId, Timestamp, VerificationId,
};

use crate::PageOf;
use crate::statement::{Actors, Statement, Tenants, *};

macro_rules! connector_json {
    ($p:literal, $a:literal) => {
        concat!(
            "json_build_object('id', ",
            $p,
            ".id, 'instance_id', ",
            $p,
            ".instance_id, 'provider', ",
            $a,
            ".provider, 'external_id', ",
            $a,
            ".external_id, 'name', ",
            $a,
            ".name, 'created_at', rfc3339(",
            $p,
            ".created_at), 'disconnected_at', rfc3339(",
            $p,
            ".disconnected_at), 'disconnected_reason', ",
            $p,
            ".disconnected_reason)"
        )
    };
}

/// What an installation was begun for.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct SlackInstall {
    /// Whose instance.
    pub organization_id: OrganizationId,
    /// Which instance hears the team.
    pub instance_id: InstanceId,
}

/// A Slack team, or a whole Enterprise organization, that installed our bot.
#[derive(Clone, Debug)]
pub struct SlackTeam {
    /// For the bot account, when it is new.
    pub account: AccountId,
    /// For the link, when it is new.
    pub permission: PermissionId,
    /// Slack's id of the team or the organization.
    pub team_id: String,
    /// Slack's name.
    pub name: String,
}

/// The connectors of an instance, oldest first.
#[must_use]
pub fn list(instance: &str, page: PageOf<String>) -> Statement<Tenants, Vec<Connector>> {
    Statement::read(tenant_list!(
        concat!(
            "select ", connector_json!("p", "c"), " as body, p.id as key from allowed t",
            " join instance i on i.organization_id = t.id and (i.slug = $10 or i.id = $10)",
            " join instance_account_permission p on p.instance_id = i.id join account c on c.id = p.account_id",
            " where ($9::text is null or p.id > $9) order by p.id limit $8 + 1"
        ),
        "exists (select from allowed t join instance i on i.organization_id = t.id where i.slug = $10 or i.id = $10)"
    ))
    .int(page.limit)
    .maybe_text(page.after)
    .text(instance)
}

/// Keeps a state for a Slack installation, bound to person, organization and instance.
#[must_use]
pub fn begin_slack_install(
    instance: &str,
    id: VerificationId,
    state_hash: [u8; 32],
    expires_at: Timestamp,
) -> Statement<Tenants, ()> {
    Statement::write(tenant_write!(concat!(
        "kept as (insert into verification (id, purpose, secret_hash, user_id, data, created_at, expires_at)
  select $9, 'slack-install', $10, g.user_id, jsonb_build_object('organization_id', g.id, 'instance_id', i.id), $3, $11
  from gate g join instance i on i.organization_id = g.id where i.slug = $8 or i.id = $8 returning id),
written as (select 'null'::json as body, null::int8 as version, null::text as problem from kept),\n",
        no_audience!()
    )))
    .text(instance)
    .text(id.to_string())
    .bytes(state_hash)
    .time(expires_at)
}

/// Spends such a state, once, for the person who began.
#[must_use]
pub fn spend_slack_state(state_hash: [u8; 32]) -> Statement<Actors, SlackInstall> {
    Statement::write(actor_write!(concat!(
        "spent as (update verification v set used_at = $3 from gate g where v.secret_hash = $8 and v.purpose = 'slack-install'
  and v.user_id = g.user_id and v.used_at is null and v.expires_at > $3 returning v.data),
written as (select s.data::json as body, null::int8 as version, null::text as problem from spent s),\n",
        no_audience!()
    )))
    .bytes(state_hash)
}

/// Links a Slack team to an instance, or connects it again. A team that another instance has is
/// not taken away.
#[must_use]
pub fn link_slack_team(instance: InstanceId, team: SlackTeam) -> Statement<Tenants, Connector> {
    Statement::write(tenant_write!(concat!(
        instance_place!("gate"), ",\n",
        "known as (select a.id, a.provider, a.external_id, a.name from account a where a.provider = 'slack-bot' and a.external_id = $11),\n",
        "made as (insert into account (id, user_id, provider, external_id, name, created_at, updated_at)",
        " select $9, null, 'slack-bot', $11, $12, $3, $3 from place where not exists (select from known) returning id, provider, external_id, name),\n",
        "bot as (select * from known union all select * from made),\n",
        "held as (select p.* from instance_account_permission p join known k on k.id = p.account_id),\n",
        "linked as (insert into instance_account_permission (id, instance_id, account_id, created_at)",
        " select $10, p.id, b.id, $3 from place p, bot b where not exists (select from held) returning *),\n",
        "again as (update instance_account_permission x set disconnected_at = null, disconnected_reason = null",
        " from held h, place p where x.id = h.id and h.instance_id = p.id and h.disconnected_at is not null returning x.id),\n",
        "ours as (select * from linked union all select h.id, h.instance_id, h.account_id, h.created_at, null, null",
        " from held h join place p on p.id = h.instance_id),\n",
        "written as (select ", connector_json!("o", "b"), " as body, null::int8 as version, null::text as problem from ours o, bot b",
        " union all select null, null, 'conflict' from place where not exists (select from ours)),\n",
        "audience as (select p.organization_id, jsonb_build_array(jsonb_build_array('connectors', p.id)) as keys, null::jsonb as close from place p",
        " where exists (select from linked) or exists (select from again))"
    )))
    .text(instance.to_string())
    .text(team.account.to_string())
    .text(team.permission.to_string())
    .text(team.team_id)
    .text(team.name)
}

/// Takes an account away from an instance.
#[must_use]
pub fn delete(instance: &str, id: PermissionId) -> Statement<Tenants, ()> {
    Statement::write(tenant_write!(concat!(
        instance_place!("gate"), ",
gone as (delete from instance_account_permission x using place p where x.instance_id = p.id and x.id = $9 returning x.id),
written as (select 'null'::json as body, null::int8 as version, null::text as problem from gone),
audience as (select p.organization_id, jsonb_build_array(jsonb_build_array('connectors', p.id)) as keys, null::jsonb as close from place p, gone)"
    )))
    .text(instance)
    .text(id.to_string())
}
