//! Instances of an organization.

use prox_types::{CreateInstance, Instance, InstanceId, UpdateInstance};

use crate::PageOf;
use crate::statement::{Statement, Tenants, *};

macro_rules! instance_json {
    ($i:literal) => {
        concat!(
            "json_build_object('id', ",
            $i,
            ".id, 'organization_id', ",
            $i,
            ".organization_id, 'slug', ",
            $i,
            ".slug, 'name', ",
            $i,
            ".name, 'created_at', rfc3339(",
            $i,
            ".created_at), 'updated_at', rfc3339(",
            $i,
            ".updated_at))"
        )
    };
}

macro_rules! instances_audience {
    () => {
        "audience as (select g.id as organization_id, jsonb_build_array(jsonb_build_array('instances', g.id)) as keys, null::jsonb as close
  from gate g where exists (select from changed))"
    };
}

/// The instances, oldest first.
#[must_use]
pub fn list(page: PageOf<String>) -> Statement<Tenants, Vec<Instance>> {
    Statement::read(tenant_list!(
        concat!(
            "select ",
            instance_json!("i"),
            " as body, i.id as key from allowed t join instance i on i.organization_id = t.id",
            " where ($9::text is null or i.id > $9) order by i.id limit $8 + 1"
        ),
        "true"
    ))
    .int(page.limit)
    .maybe_text(page.after)
}

/// One instance, by slug or id.
#[must_use]
pub fn read(instance: &str) -> Statement<Tenants, Instance> {
    Statement::read(tenant_read!(concat!(
        "select ",
        instance_json!("i"),
        " as body, null::int8 as version from allowed t",
        " join instance i on i.organization_id = t.id where i.slug = $8 or i.id = $8"
    )))
    .text(instance)
}

/// Makes an instance with the first free of `slugs`.
#[must_use]
pub fn create(
    id: InstanceId,
    body: CreateInstance,
    slugs: Vec<String>,
) -> Statement<Tenants, Instance> {
    Statement::write(tenant_write!(concat!(
        "free as (select c.slug from gate g, unnest($10::text[]) with ordinality c(slug, place)",
        " where not exists (select from instance i where i.organization_id = g.id and i.slug = c.slug) order by c.place limit 1),\n",
        "changed as (insert into instance (id, organization_id, slug, name, created_at, updated_at)",
        " select $8, g.id, free.slug, $9, $3, $3 from gate g, free returning *),\n",
        "written as (select ", instance_json!("c"), " as body, null::int8 as version, null::text as problem from changed c",
        " union all select null, null, 'slug_taken' from gate where not exists (select from free)),\n",
        instances_audience!()
    )))
    .text(id.to_string())
    .text(body.name)
    .texts(slugs)
}

/// Changes an instance.
#[must_use]
pub fn update(instance: &str, body: UpdateInstance) -> Statement<Tenants, Instance> {
    Statement::write(tenant_write!(concat!(
        "changed as (update instance i set name = coalesce($9, i.name), slug = coalesce($10, i.slug), updated_at = $3",
        " from gate g where i.organization_id = g.id and (i.slug = $8 or i.id = $8) returning i.*),\n",
        "written as (select ", instance_json!("c"), " as body, null::int8 as version, null::text as problem from changed c),\n",
        instances_audience!()
    )))
    .text(instance)
    .maybe_text(body.name)
    .maybe_text(body.slug.map(|s| s.to_string()))
}

/// Deletes an instance with its events and connectors.
#[must_use]
pub fn delete(instance: &str) -> Statement<Tenants, ()> {
    Statement::write(tenant_write!(concat!(
        "changed as (delete from instance i using gate g where i.organization_id = g.id and (i.slug = $8 or i.id = $8) returning i.id),\n",
        "written as (select 'null'::json as body, null::int8 as version, null::text as problem from changed),\n",
        instances_audience!()
    )))
    .text(instance)
}
