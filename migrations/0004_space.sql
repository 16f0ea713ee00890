-- Spaces, the items on them, and who else may see either.

create table space (
  id text collate "C" primary key constraint space_id_prefix check (id like 'spc\_%'),
  organization_id text collate "C" not null constraint space_organization_fkey references organization on delete cascade,
  slug text collate "C" not null,
  title text not null,
  description text not null default '',
  visibility text not null default 'private'
    constraint space_visibility_known check (visibility in ('public', 'unlisted', 'private')),
  -- Grows with every change of the space or of an item on it.
  version bigint not null default 1,
  published_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint space_organization_slug_key unique (organization_id, slug),
  constraint space_published_when_visible check ((published_at is null) = (visibility = 'private'))
);

create table item (
  id text collate "C" primary key constraint item_id_prefix check (id like 'itm\_%'),
  space_id text collate "C" not null constraint item_space_fkey references space on delete cascade,
  kind text not null constraint item_kind_known check (kind in ('app', 'link', 'card', 'folder')),
  title text not null,
  description text not null default '',
  url text,
  body text not null default '',
  icon text,
  tags text[] not null default '{}',
  mode text not null constraint item_mode_known check (mode in ('embed', 'tab', 'card')),
  reasons text[] not null default '{}',
  folder_id text collate "C",
  -- Any rational fits between two others, so an insertion never renumbers its neighbours.
  position numeric not null,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint item_space_id_key unique (space_id, id),
  constraint item_folder_fkey foreign key (space_id, folder_id) references item (space_id, id)
    on delete set null (folder_id),
  constraint item_url_fits_kind check ((url is not null) = (kind in ('app', 'link'))),
  constraint item_body_fits_kind check (body = '' or kind = 'card'),
  constraint item_folders_do_not_nest check (kind <> 'folder' or folder_id is null)
);
create index item_space_position on item (space_id, position, id);

create table "grant" (
  id text collate "C" primary key constraint grant_id_prefix check (id like 'grant\_%'),
  space_id text collate "C" constraint grant_space_fkey references space on delete cascade,
  item_id text collate "C" constraint grant_item_fkey references item on delete cascade,
  principal text not null constraint grant_principal_known check (principal in ('user', 'organization', 'link', 'anyone')),
  principal_id text collate "C",
  access text not null constraint grant_access_known check (access in ('view', 'edit')),
  created_at timestamptz not null,
  constraint grant_of_one_thing check (num_nonnulls(space_id, item_id) = 1),
  constraint grant_names_its_principal check ((principal_id is null) = (principal = 'anyone'))
);
create index grant_space_id on "grant" (space_id);
create index grant_item_id on "grant" (item_id);
