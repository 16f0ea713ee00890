//! Instances of an organization.

use prox_types::{CreateInstance, Instance, InstanceId, UpdateInstance};

use crate::PageOf;
use crate::frame::*;
use crate::search::{EntryTerms, entry_statement, new_entry, update_entry};
use crate::sql::statement;
use crate::statement::{Statement, Tenants};

macro_rules! instances_audience {
    () => {
        r#",
audience as (
  select gate.id as organization_id, null::jsonb as close,
    jsonb_build_array(jsonb_build_array('instances', gate.id)) as keys
  from gate where exists (select from changed))"#
    };
}

/// Lists the instances, oldest first.
#[must_use]
pub fn list(page: PageOf<String>) -> Statement<Tenants, Vec<Instance>> {
    statement!(
        Read: tenant_list!(
            page: r#"
  select inst.wire, inst.id as key
  from allowed join instance inst on inst.organization_id = allowed.id
  where :after is null or inst.id > :after order by inst.id limit :limit + 1"#,
            found: "true"
        ),
        limit = page.limit,
        after = page.after,
    )
}

/// Reads one instance by slug or id.
#[must_use]
pub fn read(instance: &str) -> Statement<Tenants, Instance> {
    statement!(
        Read: tenant_read!(
            r#"
  select '{' || inst.wire || '}' as body, null::int8 as version
  from allowed join instance inst on inst.organization_id = allowed.id
  where inst.slug = :instance or inst.id = :instance"#
        ),
        instance = instance.to_owned(),
    )
}

/// Creates an instance with the first free one of `slugs`. When a concurrent request takes that
/// slug, it gets the last one, which is random.
#[must_use]
pub fn create(
    id: InstanceId,
    body: CreateInstance,
    slugs: Vec<String>,
    terms: &EntryTerms,
) -> Statement<Tenants, Instance> {
    entry_statement!(
        tenant_write!(
            r#",
free as (
  select c.slug from gate, unnest(:slugs) with ordinality c(slug, place)
  where not exists (select from instance inst where inst.organization_id = gate.id and inst.slug = c.slug)
  order by c.place limit 1),
first_choice as (
  insert into instance (id, organization_id, slug, name, created_at, updated_at)
  select :id, gate.id, free.slug, :name, :now, :now from gate, free where cardinality(:slugs) > 1
  on conflict (organization_id, slug) do nothing returning *),
last_choice as (
  insert into instance (id, organization_id, slug, name, created_at, updated_at)
  select :id, gate.id, (:slugs)[cardinality(:slugs)], :name, :now, :now
  from gate, free where not exists (select from first_choice) returning *),
changed as (select * from first_choice union all select * from last_choice)"#,
            new_entry!(
                kind: "'instance'",
                organization: "changed.organization_id",
                space: "null",
                from: "changed"
            ),
            r#",
written as (
  select '{' || changed.wire || '}' as body, null::int8 as version, null::text as problem from changed
  union all select null, null, 'slug_taken' from gate where not exists (select from free))"#,
            instances_audience!()
        ),
        terms.all_vectors(),
        id = id,
        name = body.name,
        slugs = slugs,
    )
}

/// Changes an instance.
#[must_use]
pub fn update(
    instance: &str,
    body: UpdateInstance,
    terms: &EntryTerms,
) -> Statement<Tenants, Instance> {
    entry_statement!(
        tenant_write!(
            r#",
changed as (
  update instance inst
  set name = coalesce(:name, inst.name), slug = coalesce(:slug, inst.slug), updated_at = :now
  from gate where inst.organization_id = gate.id and (inst.slug = :instance or inst.id = :instance)
  returning inst.*)"#,
            update_entry!(),
            r#",
written as (
  select '{' || changed.wire || '}' as body, null::int8 as version, null::text as problem from changed)"#,
            instances_audience!()
        ),
        terms.vectors(),
        instance = instance.to_owned(),
        name = body.name,
        slug = body.slug,
    )
}

/// Deletes an instance with its events and connectors.
#[must_use]
pub fn delete(instance: &str) -> Statement<Tenants, ()> {
    statement!(
        Write: tenant_write!(
            r#",
changed as (
  delete from instance inst using gate
  where inst.organization_id = gate.id and (inst.slug = :instance or inst.id = :instance) returning inst.id),
written as (select 'null' as body, null::int8 as version, null::text as problem from changed)"#,
            instances_audience!()
        ),
        instance = instance.to_owned(),
    )
}
