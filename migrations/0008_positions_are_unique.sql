-- Two items of one parent never share a position, and a position is short enough for a cursor.

-- Parents with equal or very long positions get whole numbers, in the order that people see.
with crowded as (
  select i.space_id, i.folder_id from item i group by i.space_id, i.folder_id
  having count(distinct i.position) < count(*) or max(scale(i.position)) > 30),
ranked as (
  select i.id, row_number() over (partition by i.space_id, i.folder_id order by i.position, i.id) as rank
  from item i join crowded c on c.space_id = i.space_id and c.folder_id is not distinct from i.folder_id)
update item i set position = r.rank, version = i.version + 1 from ranked r where r.id = i.id;

-- Checked at the end of each statement, so that one statement can space all items of a parent again.
alter table item
  add constraint item_position_key unique nulls not distinct (space_id, folder_id, position) deferrable initially immediate,
  add constraint item_position_is_short check (scale(position) <= 60 and abs(position) < 1e18);

-- Counts how often positions in the space were spaced again. A write that waited for one of those
-- sees another number than its snapshot has, and runs again.
alter table space add column spacing bigint not null default 0;
