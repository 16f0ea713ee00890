//! Connectors: the links between instances and accounts of other systems.

use prox_types::{
    AccountId, Connector, InstanceId, OrganizationId, PermissionId, Timestamp, VerificationId,
};

use crate::PageOf;
use crate::frame::*;
use crate::sql::statement;
use crate::statement::{Actors, Statement, Tenants};

/// The instance of a Slack installation.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct SlackInstall {
    /// The organization.
    pub organization_id: OrganizationId,
    /// The instance that receives the team's events.
    pub instance_id: InstanceId,
}

/// A Slack team, or a whole Enterprise organization, that installed our bot.
#[derive(Clone, Debug)]
pub struct SlackTeam {
    /// The id of a new bot account.
    pub account: AccountId,
    /// The id of a new link between bot account and instance.
    pub permission: PermissionId,
    /// Slack's id of the team or the organization.
    pub team_id: String,
    /// Slack's name of the team or the organization.
    pub name: String,
}

/// Lists the connectors of an instance, oldest first.
#[must_use]
pub fn list(instance: &str, page: PageOf<String>) -> Statement<Tenants, Vec<Connector>> {
    statement!(
        Read: tenant_list!(
            page: r#"
  select p.wire as permission_wire, a.wire as account_wire, p.id as key
  from allowed
  join instance inst on inst.organization_id = allowed.id and (inst.slug = :instance or inst.id = :instance)
  join instance_account_permission p on p.instance_id = inst.id
  join account a on a.id = p.account_id
  where :after is null or p.id > :after order by p.id limit :limit + 1"#,
            found: r#"exists (
    select from allowed join instance inst on inst.organization_id = allowed.id
    where inst.slug = :instance or inst.id = :instance)"#,
            members: "page.permission_wire || ',' || page.account_wire",
            bytes: "octet_length(page.permission_wire) + octet_length(page.account_wire)"
        ),
        instance = instance.to_owned(),
        limit = page.limit,
        after = page.after,
    )
}

/// Stores the state of a Slack installation, bound to user, organization and instance.
#[must_use]
pub fn begin_slack_install(
    instance: &str,
    id: VerificationId,
    state_hash: [u8; 32],
    expires_at: Timestamp,
) -> Statement<Tenants, ()> {
    statement!(
        Write: tenant_write!(
            r#",
kept as (
  insert into verification (id, purpose, secret_hash, user_id, data, created_at, expires_at)
  select :id, 'slack-install', :state_hash, gate.user_id,
    jsonb_build_object('organization_id', gate.id, 'instance_id', inst.id), :now, :expires_at
  from gate join instance inst on inst.organization_id = gate.id
  where inst.slug = :instance or inst.id = :instance returning id),
written as (select 'null' as body, null::int8 as version, null::text as problem from kept)"#,
            no_audience!()
        ),
        instance = instance.to_owned(),
        id = id,
        state_hash = state_hash,
        expires_at = expires_at,
    )
}

/// Uses up the state of a Slack installation, for the user who began it. A state works once.
#[must_use]
pub fn consume_slack_state(state_hash: [u8; 32]) -> Statement<Actors, SlackInstall> {
    statement!(
        Write: actor_write!(
            r#",
spent as (
  update verification v set used_at = :now from gate
  where v.secret_hash = :state_hash and v.purpose = 'slack-install'
    and v.user_id = gate.user_id and v.used_at is null and v.expires_at > :now returning v.data),
written as (select spent.data::text as body, null::int8 as version, null::text as problem from spent)"#,
            no_audience!()
        ),
        state_hash = state_hash,
    )
}

/// Connects a Slack team to an instance, also again. Fails with a conflict when the team is
/// connected to another instance.
#[must_use]
pub fn link_slack_team(instance: InstanceId, team: SlackTeam) -> Statement<Tenants, Connector> {
    statement!(
        Write: tenant_write!(
            target_instance!(),
            r#",
known as (
  select a.id, a.wire from account a where a.provider = 'slack-bot' and a.external_id = :team),
added as (
  insert into account (id, user_id, provider, external_id, name, created_at, updated_at)
  select :account, null, 'slack-bot', :team, :name, :now, :now
  from target_instance where not exists (select from known) returning id, wire),
bot as (select * from known union all select * from added),
held as (
  select p.id, p.instance_id, p.disconnected_at, p.wire
  from instance_account_permission p join known on known.id = p.account_id),
linked as (
  insert into instance_account_permission (id, instance_id, account_id, created_at)
  select :permission, target_instance.id, bot.id, :now
  from target_instance, bot where not exists (select from held) returning instance_id, wire),
again as (
  update instance_account_permission p
  set disconnected_at = null, disconnected_reason = null, connected_at = :now
  from held join target_instance on target_instance.id = held.instance_id
  where p.id = held.id returning p.wire, held.disconnected_at),
ours as (
  select linked.wire from linked
  union all select again.wire from again),
written as (
  select '{' || ours.wire || ',' || bot.wire || '}' as body, null::int8 as version, null::text as problem
  from ours, bot
  union all select null, null, 'conflict' from target_instance where not exists (select from ours)),
audience as (
  select target_instance.organization_id, null::jsonb as close,
    jsonb_build_array(jsonb_build_array('connectors', target_instance.id)) as keys
  from target_instance where exists (select from linked)
    or exists (select from again where again.disconnected_at is not null))"#
        ),
        instance = instance.to_string(),
        account = team.account,
        permission = team.permission,
        team = team.team_id,
        name = team.name,
    )
}

/// Removes a connector from an instance.
#[must_use]
pub fn delete(instance: &str, id: PermissionId) -> Statement<Tenants, ()> {
    statement!(
        Write: tenant_write!(
            target_instance!(),
            r#",
deleted as (
  delete from instance_account_permission p using target_instance
  where p.instance_id = target_instance.id and p.id = :permission returning p.id),
written as (select 'null' as body, null::int8 as version, null::text as problem from deleted),
audience as (
  select target_instance.organization_id, null::jsonb as close,
    jsonb_build_array(jsonb_build_array('connectors', target_instance.id)) as keys
  from target_instance, deleted)"#
        ),
        instance = instance.to_owned(),
        permission = id,
    )
}
