//! Imports of files into datasets. The functions of migration 0026 move their rows.

use prox_types::{
    BadRow, ColumnType, DatasetId, DatasetImport, ImportChoices, ImportId, ImportMode, ImportState,
    JsonText, OrganizationId, UpdateImport,
};

use crate::PageOf;
use crate::frame::*;
use crate::sql::statement;
use crate::statement::{Anonymous, Statement, Tenants};

/// Files that an organization may have on their way.
const MAX_UNFINISHED: i64 = 10;

/// `found`: the import `:import` of the caller's organization, locked.
macro_rules! found_import {
    () => {
        r#",
found as materialized (
  select m.* from gate join dataset_import m on m.organization_id = gate.id where m.id = :import for update of m)"#
    };
}

/// `written` of a write with the CTEs `changed` and `verdict`.
macro_rules! written_import {
    () => {
        r#",
written as (
  select '{' || changed.wire || '}' as body, changed.version, null::text as problem from changed
  union all select null, null, verdict.problem from verdict where verdict.problem is not null)"#
    };
}

/// `audience` of a write with the CTE `changed`, the import. `$more` are further keys.
macro_rules! import_audience {
    ($more:literal) => {
        concat!(
            r#",
audience as (
  select changed.organization_id, null::jsonb as close, jsonb_build_array(
    jsonb_build_array('import', changed.id), jsonb_build_array('imports', changed.organization_id))"#,
            $more,
            " as keys\n  from changed)"
        )
    };
}

/// The keys of the dataset that an import changed, for [`import_audience`].
macro_rules! and_dataset {
    () => {
        import_audience!(
            " || case when changed.state = 'done' then jsonb_build_array(
      jsonb_build_array('dataset', changed.dataset_id), jsonb_build_array('rows', changed.dataset_id),
      jsonb_build_array('datasets', changed.organization_id)) else '[]' end"
        )
    };
}

/// Lists the imports, oldest first.
#[must_use]
pub fn list(page: PageOf<String>) -> Statement<Tenants, Vec<DatasetImport>> {
    statement!(
        Read: tenant_list!(
            page: r#"
  select m.wire, m.id as key
  from allowed join dataset_import m on m.organization_id = allowed.id
  where :after is null or m.id > :after order by m.id limit :limit + 1"#,
            found: "true"
        ),
        limit = page.limit,
        after = page.after,
    )
}

/// Reads one import.
#[must_use]
pub fn read(import: ImportId) -> Statement<Tenants, DatasetImport> {
    statement!(
        Read: tenant_read!(
            r#"
  select '{' || m.wire || '}' as body, m.version
  from allowed join dataset_import m on m.organization_id = allowed.id where m.id = :import"#
        ),
        import = import,
    )
}

/// A file that arrives.
#[derive(Debug)]
pub struct NewImport {
    /// The id.
    pub id: ImportId,
    /// The name of a new dataset.
    pub name: String,
    /// The name of the file.
    pub file_name: String,
    /// Slug or id of the dataset; none: a new one.
    pub dataset: Option<String>,
    /// The bytes.
    pub file: Vec<u8>,
}

/// Takes a file in.
#[must_use]
pub fn create(new: NewImport) -> Statement<Tenants, DatasetImport> {
    statement!(
        Write: tenant_write!(
            r#",
target as (
  select d.id from gate join dataset d on d.organization_id = gate.id where d.slug = :dataset or d.id = :dataset),
verdict as (
  select case
    when :dataset is not null and not exists (select from target) then 'invalid dataset'
    when (select count(*) from dataset_import m where m.organization_id = gate.id and m.state <> 'done') >= :most
      then 'limit_reached' end as problem
  from gate),
changed as (
  insert into dataset_import (id, organization_id, dataset_id, name, file_name, size, file, created_at, updated_at)
  select :id, gate.id, (select target.id from target), :name, :file_name, length(:file), :file, :now, :now
  from gate, verdict where verdict.problem is null returning *)"#,
            written_import!(),
            import_audience!("")
        ),
        id = new.id,
        dataset = new.dataset,
        name = new.name,
        file_name = new.file_name,
        file = new.file,
        most = MAX_UNFINISHED,
    )
}

/// Changes an import. Stored rows are dropped, and with another dataset or other choices the file is read again.
#[must_use]
pub fn update(
    import: ImportId,
    body: UpdateImport,
    versions: Option<Vec<i64>>,
) -> Statement<Tenants, DatasetImport> {
    let (moves, dataset) = match body.dataset {
        Some(dataset) => (true, dataset),
        None => (false, None),
    };
    statement!(
        Write: tenant_write!(
            found_import!(),
            r#",
target as (
  select d.id from gate join dataset d on d.organization_id = gate.id where d.slug = :dataset or d.id = :dataset),
verdict as materialized (
  select case
    when not (:versions is null or found.version = any(:versions)) then 'stale'
    when found.state = 'done' then 'conflict'
    when :dataset is not null and not exists (select from target) then 'invalid dataset' end as problem,
    found.state in ('reading', 'failed')
      or :choices::jsonb is distinct from found.choices and :choices is not null
      or :moves and (select target.id from target) is distinct from found.dataset_id as again
  from found),
dropped as (
  delete from dataset_row r using found, verdict
  where r.rows_number = found.rows_number and verdict.problem is null),
kept as (
  delete from dataset_bad_row b using found, verdict where b.import_id = found.id and verdict.problem is null),
changed as (
  update dataset_import m set name = coalesce(:name, m.name), mode = coalesce(:mode, m.mode),
    key = coalesce(:key, m.key), removes = coalesce(:removes, m.removes),
    choices = coalesce(:choices::jsonb, m.choices),
    dataset_id = case when :moves then (select target.id from target) else m.dataset_id end,
    state = case when verdict.again then 'reading' else 'review' end,
    read_bytes = case when verdict.again then 0 else m.read_bytes end,
    rows = case when verdict.again then 0 else (m.report->>'rows')::bigint end,
    bad_rows = case when verdict.again then 0 else (m.report->>'bad_rows')::bigint end,
    progress = null, rows_number = null, layout = null, changes = null, problem = null,
    step = m.step + 1, version = m.version + 1, updated_at = :now
  from found, verdict where m.id = found.id and verdict.problem is null returning m.*)"#,
            written_import!(),
            import_audience!("")
        ),
        import = import,
        name = body.name,
        moves = moves,
        dataset = dataset,
        mode = body.mode.map(ImportMode::name),
        key = body.key,
        removes = body.removes,
        choices = body.choices.as_ref().map(JsonText::from),
        versions = versions,
    )
}

/// Begins to store the rows of a reviewed import in a set of their own.
#[must_use]
pub fn store(import: ImportId, versions: Option<Vec<i64>>) -> Statement<Tenants, DatasetImport> {
    statement!(
        Write: tenant_write!(
            found_import!(),
            r#",
place as materialized (
  select d.columns as base, coalesce(d.next_row, 1) as first_row,
    dataset_layout(coalesce(d.columns, '[]'), found.report->'columns') as layout
  from found left join dataset d on d.id = found.dataset_id where found.state = 'review'),
verdict as materialized (
  select case
    when not (:versions is null or found.version = any(:versions)) then 'stale'
    when found.state <> 'review' then 'conflict'
    when place.layout is null then 'limit_reached'
    when found.mode = 'merge' and found.dataset_id is not null and (
      found.key is null or dataset_column(place.base, found.key) is null
      or dataset_column(found.report->'columns', found.key) is null) then 'invalid key' end as problem
  from found left join place on true),
changed as (
  update dataset_import m set state = 'storing', layout = place.layout, first_row = place.first_row,
    rows_number = nextval('dataset_rows_number'), read_bytes = 0, rows = 0, bad_rows = 0, progress = null,
    problem = null, step = m.step + 1, version = m.version + 1, updated_at = :now
  from found, verdict, place where m.id = found.id and verdict.problem is null returning m.*)"#,
            written_import!(),
            import_audience!("")
        ),
        import = import,
        versions = versions,
    )
}

/// Makes the rows of an import that is ready rows of its dataset.
#[must_use]
pub fn apply(import: ImportId, versions: Option<Vec<i64>>) -> Statement<Tenants, DatasetImport> {
    statement!(
        Write: tenant_write!(
            found_import!(),
            r#",
verdict as materialized (
  select case
    when not (:versions is null or found.version = any(:versions)) then 'stale'
    when found.state <> 'ready' then 'conflict'
    else (select a.problem from apply_import(found.id, null, null, :now) a) end as problem
  from found),
changed as (
  select m.* from found, verdict, applied_import(found.id) m where verdict.problem is null)"#,
            written_import!(),
            and_dataset!()
        ),
        import = import,
        versions = versions,
    )
}

/// Ends an import. Rows that are in the dataset remain.
#[must_use]
pub fn delete(import: ImportId) -> Statement<Tenants, ()> {
    statement!(
        Write: tenant_write!(
            found_import!(),
            r#",
changed as (
  delete from dataset_import m using found where m.id = found.id returning m.id, m.organization_id),
written as (select 'null' as body, null::int8 as version, null::text as problem from changed)"#,
            import_audience!("")
        ),
        import = import,
    )
}

/// The rows that are kept aside, in their order, with the name of the file.
#[must_use]
pub fn bad_rows(import: ImportId) -> Statement<Tenants, BadRows> {
    statement!(
        Read: tenant_read!(
            r#"
  select json_build_object('name', m.name, 'rows', coalesce((
      select json_agg(json_build_object('line', b.line, 'reason', b.reason, 'text', b.text) order by b.n)
      from dataset_bad_row b where b.import_id = m.id), '[]'))::text as body, null::int8 as version
  from allowed join dataset_import m on m.organization_id = allowed.id where m.id = :import"#
        ),
        import = import,
    )
}

/// Rows that are kept aside.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct BadRows {
    /// The name of the import.
    pub name: String,
    /// The rows.
    pub rows: Vec<BadRow>,
}

/// What a step of an import needs.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Job {
    /// The organization.
    pub organization_id: OrganizationId,
    /// Whether the import reads or stores.
    pub state: ImportState,
    /// The number of this step.
    pub step: i64,
    /// The name of a new dataset.
    pub name: String,
    /// The name of the file.
    pub file_name: String,
    /// Bytes of the file.
    pub size: usize,
    /// What the person chose.
    pub choices: ImportChoices,
    /// The names and types of the dataset's columns.
    pub columns: Vec<(String, ColumnType)>,
    /// What the last step left.
    pub progress: Option<JsonText>,
    /// What the first pass found.
    pub report: Option<JsonText>,
    /// The types of the file's columns in the dataset.
    pub types: Vec<ColumnType>,
    /// The number of the first row.
    pub first_row: u64,
    /// Whether rows are merged by key.
    pub merges: bool,
    /// Bytes that were read.
    pub read_bytes: usize,
    /// The next bytes in Base64.
    pub part: String,
}

/// The next step of an import, with at most `at_most` bytes of its file. No row when it has none.
#[must_use]
pub fn next(import: ImportId, at_most: i64) -> Statement<Anonymous, Job> {
    statement!(
        Read: open_read!(
            r#"
  select json_build_object('organization_id', m.organization_id, 'state', m.state, 'step', m.step, 'name', m.name,
    'file_name', m.file_name, 'size', m.size, 'choices', m.choices, 'progress', m.progress,
    'report', case when m.state = 'storing' and m.progress is null then m.report end,
    'columns', coalesce((select jsonb_agg(jsonb_build_array(c->'name', c->'type'))
      from jsonb_array_elements(d.columns) c), '[]'),
    'types', coalesce(m.layout->'types', '[]'), 'first_row', m.first_row,
    'merges', m.mode = 'merge' and m.dataset_id is not null, 'read_bytes', m.read_bytes,
    'part', translate(encode(substring(m.file from m.read_bytes::int + 1 for :at_most::int), 'base64'), E'\n', '')
    )::text as body, null::int8 as version
  from dataset_import m left join dataset d on d.id = m.dataset_id
  where m.id = :import and m.state in ('reading', 'storing')"#
        ),
        import = import,
        at_most = at_most,
    )
}

/// What a step did.
#[derive(Debug)]
pub struct Step {
    /// The state afterwards.
    pub state: ImportState,
    /// What the next step needs.
    pub progress: Option<JsonText>,
    /// What the first pass found, once it has ended.
    pub report: Option<JsonText>,
    /// Bytes that are read.
    pub read_bytes: i64,
    /// Rows that are read.
    pub rows: i64,
    /// Rows that are kept aside.
    pub bad_rows: i64,
    /// Why it failed.
    pub problem: Option<String>,
    /// Rows to store, and the characters between them.
    pub stored: Option<(String, [char; 3])>,
    /// The JSON of rows to keep aside.
    pub bad: JsonText,
}

/// `found`: the import `:import` at the step `:step`, locked.
macro_rules! found_step {
    () => {
        r#"
found as materialized (
  select m.* from dataset_import m
  where m.id = :import and m.step = :step and m.state in ('reading', 'storing') for update)"#
    };
}

/// Records a step, unless another worker took it first.
#[must_use]
pub fn record(import: ImportId, number: i64, step: Step) -> Statement<Anonymous, ()> {
    let (rows, marks) = step.stored.unzip();
    let [value_end, row_end, null_mark] = marks
        .map(|marks| marks.map(String::from))
        .unwrap_or_default();
    statement!(
        Write: open_write!(
            found_step!(),
            r#",
stored as materialized (
  select dataset_store(found.rows_number, found.layout->'places', :rows, :value_end, :row_end, :null_mark)
  from found where :rows <> ''),
aside as (
  insert into dataset_bad_row (import_id, n, line, reason, text)
  select found.id, found.bad_rows + b.n, (b.row->>'line')::bigint, b.row->>'reason', b.row->>'text'
  from found, jsonb_array_elements(:bad::jsonb) with ordinality b(row, n) where found.state = 'storing'),
changed as (
  update dataset_import m set state = :state, step = m.step + 1, progress = :progress::jsonb,
    report = coalesce(:report::jsonb, m.report), read_bytes = :read_bytes, rows = :read_rows, bad_rows = :bad_rows,
    problem = :problem, version = m.version + 1, updated_at = :now
  from found, (select count(*) from stored) s where m.id = found.id returning m.*),
written as (select 'null' as body, null::int8 as version, null::text as problem from changed)"#,
            import_audience!("")
        ),
        import = import,
        step = number,
        rows = rows,
        value_end = value_end,
        row_end = row_end,
        null_mark = null_mark,
        bad = step.bad,
        state = step.state.name(),
        progress = step.progress,
        report = step.report,
        read_bytes = step.read_bytes,
        read_rows = step.rows,
        bad_rows = step.bad_rows,
        problem = step.problem,
    )
}

/// Ends the second pass: makes the new dataset with the first free one of `slugs`, or finds out what the import
/// will change.
#[must_use]
pub fn finish(
    import: ImportId,
    number: i64,
    dataset: DatasetId,
    slugs: Vec<String>,
) -> Statement<Anonymous, ()> {
    statement!(
        Write: open_write!(
            found_step!(),
            r#",
finished as materialized (
  select found.id, finish_import(found.id, :dataset, :slugs, :now) as made from found),
changed as (
  select m.* from finished, applied_import(finished.id) m),
written as (select 'null' as body, null::int8 as version, null::text as problem from changed)"#,
            and_dataset!()
        ),
        import = import,
        step = number,
        dataset = dataset,
        slugs = slugs,
    )
}

/// Imports whose last step was more than a minute ago, although there are more.
#[must_use]
pub fn stalled() -> Statement<Anonymous, Vec<ImportId>> {
    statement!(
        Read: open_read!(
            r#"
  select coalesce(json_agg(m.id), '[]')::text as body, null::int8 as version
  from (select m.id from dataset_import m
    where m.state in ('reading', 'storing') and m.updated_at < :now - interval '1 minute'
    order by m.updated_at limit 100) m"#
        )
    )
}
