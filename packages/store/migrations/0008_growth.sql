-- Value-added evaluation: measures of pupils, schemes that are declared once, runs that compute, and what they found.

-- Measures ----------------------------------------------------------------------------------------------------------
-- What one batch says of one grade of a school lies in one row, in step: nobody asks for one pupil's measure, a district
-- has a million of them a year, and taking a batch back is to point at another row. Persons may see how many there are,
-- never the measures: the columns that hold them are granted to nobody.

create table app.measure_batches (
  district_id   integer not null references app.districts on delete restrict,
  id            bigint generated always as identity,
  kind          text not null check (length(kind) between 1 and 40),
  school_year   smallint not null check (school_year between 1990 and 2100),
  file_name     text check (length(file_name) <= 300),
  is_sample     boolean not null,
  row_count     integer not null,
  missing_count integer not null,
  school_count  integer not null,
  first_on      date,
  last_on       date,
  created_by    bigint not null default app.account_id(),
  created_name  text default app.account_name(),
  created_at    timestamptz not null default now(),
  undone_by     bigint,
  undone_name   text,
  undone_at     timestamptz,
  primary key (district_id, id)
);
create index measure_batches_kind on app.measure_batches (district_id, kind, school_year, id desc);
comment on table app.measure_batches is '增值评价测量数据批次：一次整体载入、可整体撤销';
comment on column app.measure_batches.district_id is '区县编号';
comment on column app.measure_batches.id is '批次编号';
comment on column app.measure_batches.kind is '项目：体质健康、视力等';
comment on column app.measure_batches.school_year is '学年（起始年份）';
comment on column app.measure_batches.file_name is '文件名';
comment on column app.measure_batches.is_sample is '是否示例数据';
comment on column app.measure_batches.row_count is '学生人数';
comment on column app.measure_batches.missing_count is '其中免测、未测人数';
comment on column app.measure_batches.school_count is '涉及的学校数';
comment on column app.measure_batches.first_on is '最早测量日期';
comment on column app.measure_batches.last_on is '最晚测量日期';
comment on column app.measure_batches.created_by is '载入人账号编号';
comment on column app.measure_batches.created_name is '载入人姓名';
comment on column app.measure_batches.created_at is '载入时间';
comment on column app.measure_batches.undone_by is '撤销人账号编号';
comment on column app.measure_batches.undone_name is '撤销人姓名';
comment on column app.measure_batches.undone_at is '撤销时间';

create table app.measure_packs (
  district_id       integer not null,
  batch_id          bigint not null,
  school_id         bigint not null,
  stage             text not null,
  grade             smallint not null,
  previous_batch_id bigint,
  row_count         integer not null,
  missing_count     integer not null,
  pupil_codes       text[] not null,
  amounts           double precision[] not null,
  measured_on       date[] not null,
  primary key (district_id, batch_id, school_id, stage, grade),
  foreign key (district_id, batch_id) references app.measure_batches (district_id, id) on delete restrict,
  foreign key (district_id, school_id) references app.org_units (district_id, id) on delete restrict,
  check (cardinality(pupil_codes) = row_count and cardinality(amounts) = row_count and cardinality(measured_on) = row_count)
);
create index measure_packs_school on app.measure_packs (district_id, school_id);
-- codes and numbers are packed as they are: compressing them costs more than writing them
alter table app.measure_packs alter column pupil_codes set storage external, alter column amounts set storage external,
  alter column measured_on set storage external;
comment on table app.measure_packs is '一批测量数据中一所学校一个年级的部分；学生的数值只供计算，任何人不能查看';
comment on column app.measure_packs.district_id is '区县编号';
comment on column app.measure_packs.batch_id is '批次编号';
comment on column app.measure_packs.school_id is '学校（单元）编号：学生当年学籍所在';
comment on column app.measure_packs.stage is '学段';
comment on column app.measure_packs.grade is '年级（学段内，自 1 起）';
comment on column app.measure_packs.previous_batch_id is '载入前的批次；空为原无数据';
comment on column app.measure_packs.row_count is '学生人数';
comment on column app.measure_packs.missing_count is '其中免测、未测人数';
comment on column app.measure_packs.pupil_codes is '学籍号';
comment on column app.measure_packs.amounts is '数值；空为免测、未测（与学籍号同序）';
comment on column app.measure_packs.measured_on is '测量日期（与学籍号同序）';

create table app.current_measures (
  district_id integer not null,
  kind        text not null,
  school_year smallint not null,
  school_id   bigint not null,
  stage       text not null,
  grade       smallint not null,
  batch_id    bigint,
  primary key (district_id, kind, school_year, school_id, stage, grade),
  foreign key (district_id, batch_id) references app.measure_batches (district_id, id) on delete restrict,
  foreign key (district_id, school_id) references app.org_units (district_id, id) on delete restrict
);
create index current_measures_batch on app.current_measures (district_id, batch_id);
create index current_measures_school on app.current_measures (district_id, school_id);
comment on table app.current_measures is '各项目、学年、学校、年级当前有效的测量数据批次';
comment on column app.current_measures.district_id is '区县编号';
comment on column app.current_measures.kind is '项目';
comment on column app.current_measures.school_year is '学年（起始年份）';
comment on column app.current_measures.school_id is '学校（单元）编号';
comment on column app.current_measures.stage is '学段';
comment on column app.current_measures.grade is '年级（学段内，自 1 起）';
comment on column app.current_measures.batch_id is '当前批次；空为无数据';

-- Schemes -----------------------------------------------------------------------------------------------------------
-- Insert only: what was declared stays as it was declared. A change is another scheme.

create table app.growth_schemes (
  district_id     integer not null references app.districts on delete restrict,
  id              bigint generated always as identity,
  name            text not null check (length(name) between 1 and 60),
  title           text not null check (length(title) between 1 and 200),
  kind            text not null check (length(kind) between 1 and 40),
  stage           text not null,
  school_years    smallint[] not null check (cardinality(school_years) between 1 and 20),
  priors          smallint not null check (priors in (1, 2)),
  declared_on     date not null,
  document_number text not null check (length(document_number) between 1 and 100),
  declaration     jsonb not null,
  recorded_by     bigint not null default app.account_id(),
  recorded_name   text default app.account_name(),
  recorded_at     timestamptz not null default now(),
  primary key (district_id, id),
  constraint growth_schemes_name_key unique (district_id, name)
);
comment on table app.growth_schemes is '增值评价方案：公布后不再更改';
comment on column app.growth_schemes.district_id is '区县编号';
comment on column app.growth_schemes.id is '方案编号';
comment on column app.growth_schemes.name is '方案代号';
comment on column app.growth_schemes.title is '方案名称';
comment on column app.growth_schemes.kind is '项目';
comment on column app.growth_schemes.stage is '学段';
comment on column app.growth_schemes.school_years is '评价的学年（起始年份）';
comment on column app.growth_schemes.priors is '作为起点的往年测量次数';
comment on column app.growth_schemes.declared_on is '公布日期（文件所载）';
comment on column app.growth_schemes.document_number is '公布文件的文号';
comment on column app.growth_schemes.declaration is '方案全文';
comment on column app.growth_schemes.recorded_by is '登记人账号编号';
comment on column app.growth_schemes.recorded_name is '登记人姓名';
comment on column app.growth_schemes.recorded_at is '在平台登记的时间（以服务器时钟为准）';

-- Runs --------------------------------------------------------------------------------------------------------------
-- A run is a row before anything is computed, so that nothing is lost when the machine stops. A server that computes it
-- holds a lease and renews it; when the lease is over any server may take it up again.

create table app.growth_runs (
  district_id    integer not null,
  id             bigint generated always as identity,
  scheme_id      bigint not null,
  state          text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  progress       smallint not null default 0 check (progress between 0 and 100),
  attempts       smallint not null default 0,
  requested_by   bigint not null default app.account_id(),
  requested_name text default app.account_name(),
  requested_at   timestamptz not null default now(),
  worker         text,
  lease_until    timestamptz,
  started_at     timestamptz,
  ended_at       timestamptz,
  ended_name     text,
  failure        jsonb,
  method         text,
  input_hash     text,
  input_rows     integer,
  batch_ids      bigint[],
  first_loaded_at timestamptz,
  last_loaded_at timestamptz,
  summary        jsonb,
  primary key (district_id, id),
  foreign key (district_id, scheme_id) references app.growth_schemes (district_id, id) on delete restrict
);
create index growth_runs_scheme on app.growth_runs (district_id, scheme_id, id desc);
create unique index growth_runs_active_key on app.growth_runs (district_id, scheme_id) where state in ('queued', 'running');
comment on table app.growth_runs is '增值评价的计算';
comment on column app.growth_runs.district_id is '区县编号';
comment on column app.growth_runs.id is '计算编号';
comment on column app.growth_runs.scheme_id is '方案编号';
comment on column app.growth_runs.state is '状态：排队、计算中、完成、失败、取消';
comment on column app.growth_runs.progress is '进度（百分比）';
comment on column app.growth_runs.attempts is '已尝试次数';
comment on column app.growth_runs.requested_by is '发起人账号编号';
comment on column app.growth_runs.requested_name is '发起人姓名';
comment on column app.growth_runs.requested_at is '发起时间';
comment on column app.growth_runs.worker is '正在计算的服务器';
comment on column app.growth_runs.lease_until is '占用到期时间：到期未续则由其他服务器接手';
comment on column app.growth_runs.started_at is '开始时间';
comment on column app.growth_runs.ended_at is '结束时间';
comment on column app.growth_runs.ended_name is '取消人姓名';
comment on column app.growth_runs.failure is '失败原因（代码和字段）';
comment on column app.growth_runs.method is '方法及版本';
comment on column app.growth_runs.input_hash is '输入数据的 SHA-256';
comment on column app.growth_runs.input_rows is '输入的测量条数';
comment on column app.growth_runs.batch_ids is '所用的数据批次';
comment on column app.growth_runs.first_loaded_at is '被评价学年的数据最早的载入时间';
comment on column app.growth_runs.last_loaded_at is '所用数据最晚的载入时间';
comment on column app.growth_runs.summary is '不涉及具体学校的结果';

create table app.growth_district_results (
  district_id integer not null,
  run_id      bigint not null,
  result      jsonb not null,
  primary key (district_id, run_id),
  foreign key (district_id, run_id) references app.growth_runs (district_id, id) on delete restrict
);
comment on table app.growth_district_results is '增值评价结果中涉及多所学校的部分：集团、稳健性检查';
comment on column app.growth_district_results.district_id is '区县编号';
comment on column app.growth_district_results.run_id is '计算编号';
comment on column app.growth_district_results.result is '结果';

create table app.growth_school_results (
  district_id integer not null,
  run_id      bigint not null,
  school_id   bigint not null,
  brief       jsonb not null,
  detail      jsonb not null,
  primary key (district_id, run_id, school_id),
  foreign key (district_id, run_id) references app.growth_runs (district_id, id) on delete restrict,
  foreign key (district_id, school_id) references app.org_units (district_id, id) on delete restrict
);
create index growth_school_results_school on app.growth_school_results (district_id, school_id, run_id);
comment on table app.growth_school_results is '增值评价结果：每所学校一行';
comment on column app.growth_school_results.district_id is '区县编号';
comment on column app.growth_school_results.run_id is '计算编号';
comment on column app.growth_school_results.school_id is '学校（单元）编号';
comment on column app.growth_school_results.brief is '增值、水平、类别、覆盖率';
comment on column app.growth_school_results.detail is '逐年、分组和不调整的结果';

-- Guards ------------------------------------------------------------------------------------------------------------

do $$
declare
  t text;
  here text := 'district_id = (select app.district_id())';
begin
  foreach t in array array['measure_batches', 'measure_packs', 'current_measures', 'growth_schemes', 'growth_runs',
    'growth_district_results', 'growth_school_results'] loop
    execute format('alter table app.%I enable row level security', t);
    execute format('alter table app.%I force row level security', t);
    execute format('create policy owner on app.%I to xingfu_owner using (true) with check (true)', t);
  end loop;
  foreach t in array array['measure_packs', 'current_measures'] loop
    execute format('create policy reach on app.%I for select to xingfu_user using (%s and ((select app.may(''school.read'')) '
      'or school_id = any ((select app.read_units())::bigint[])))', t, here);
  end loop;
  execute format('create policy reach on app.measure_batches for select to xingfu_user using (%s and ((select app.may(''school.read'')) '
    'or created_by = (select app.account_id()) or exists (select from app.measure_packs p where p.district_id = measure_batches.district_id '
    'and p.batch_id = measure_batches.id and p.school_id = any ((select app.read_units())::bigint[]))))', here);
  -- what was declared, and what was found of the district as a whole, is for everybody who sees a school
  foreach t in array array['growth_schemes', 'growth_runs'] loop
    execute format('create policy reach on app.%I for select to xingfu_user using (%s and ((select app.may(''school.read'')) '
      'or cardinality((select app.read_units())::bigint[]) > 0))', t, here);
    execute format('create policy run_insert on app.%I for insert to xingfu_user with check (%s and (select app.may(''growth.run'')))', t, here);
  end loop;
  execute format('create policy run_update on app.growth_runs for update to xingfu_user using (%s and (select app.may(''growth.run''))) '
    'with check (%s and (select app.may(''growth.run'')))', here, here);
  execute format('create policy reach on app.growth_district_results for select to xingfu_user using (%s and (select app.may(''assessment.read'')))', here);
  execute format('create policy reach on app.growth_school_results for select to xingfu_user using (%s and ((select app.may(''assessment.read'')) '
    'or school_id = any ((select app.read_units())::bigint[])))', here);
  foreach t in array array['growth_district_results', 'growth_school_results'] loop
    execute format('create policy run_insert on app.%I for insert to xingfu_user with check (%s and (select app.may(''growth.run'')))', t, here);
  end loop;
end $$;

grant select (district_id, id, kind, school_year, file_name, is_sample, row_count, missing_count, school_count, first_on, last_on,
  created_by, created_name, created_at, undone_by, undone_name, undone_at) on app.measure_batches to xingfu_user;
grant select (district_id, batch_id, school_id, stage, grade, previous_batch_id, row_count, missing_count) on app.measure_packs to xingfu_user;
grant select (district_id, kind, school_year, school_id, stage, grade, batch_id) on app.current_measures to xingfu_user;
grant select (district_id, id, name, title, kind, stage, school_years, priors, declared_on, document_number, declaration, recorded_by,
    recorded_name, recorded_at),
  insert (district_id, name, title, kind, stage, school_years, priors, declared_on, document_number, declaration)
  on app.growth_schemes to xingfu_user;
grant select (district_id, id, scheme_id, state, progress, attempts, requested_by, requested_name, requested_at, worker, lease_until,
    started_at, ended_at, ended_name, failure, method, input_hash, input_rows, batch_ids, first_loaded_at, last_loaded_at, summary),
  insert (district_id, scheme_id),
  update (state, progress, worker, lease_until, ended_at, ended_name, method, input_hash, input_rows, batch_ids, first_loaded_at,
    last_loaded_at, summary)
  on app.growth_runs to xingfu_user;
grant select (district_id, run_id, result), insert (district_id, run_id, result) on app.growth_district_results to xingfu_user;
grant select (district_id, run_id, school_id, brief, detail), insert (district_id, run_id, school_id, brief, detail)
  on app.growth_school_results to xingfu_user;

-- Measures in -------------------------------------------------------------------------------------------------------

-- Finds the pupils of pg_temp.measure_rows (row_no, pupil_code, amount, measured_on; made by the caller) on the year's roll,
-- within what the caller may fill in for, and packs them by school and grade into pg_temp.measure_places. A pupil of a school
-- out of reach is as unknown as one on no roll. Returns the grades with the days of measurement, for the rules on sources, and
-- the rows of unknown pupils, the first p_most of them with the number of all; when there are any, nothing is kept. The roll
-- is read from end to end: a table that was just filled has no statistics, and the planner would go through an index or a loop.
create function app.place_measures(p_school_year smallint, p_most integer) returns jsonb
language plpgsql security definer set search_path = '' set enable_nestloop = off set enable_indexscan = off
  set enable_bitmapscan = off set work_mem = '64MB' as $$
declare
  v_district integer := app.district_id();
  v_all boolean := app.may('return.fill');
  v_units bigint[] := app.fill_units();
  v_unknown integer;
  v_rows jsonb;
  v_cohorts jsonb;
begin
  if v_district is null or not (v_all or cardinality(v_units) > 0) then
    raise exception 'out of reach' using errcode = '42501';
  end if;
  create temporary table measure_places on commit drop as
    select e.school_id, e.stage, e.grade, count(*)::integer as row_count,
      (count(*) filter (where r.amount is null))::integer as missing_count, min(r.measured_on) as first_on, max(r.measured_on) as last_on,
      array_agg(r.pupil_code) as pupil_codes, array_agg(r.amount) as amounts, array_agg(r.measured_on) as measured_on,
      array_agg(r.row_no) filter (where e.school_id is null) as unknown_rows
    from pg_temp.measure_rows r left join app.enrolments e
      on e.district_id = v_district and e.school_year = p_school_year and e.pupil_code = r.pupil_code
        and (v_all or e.school_id = any (v_units))
    group by e.school_id, e.stage, e.grade;
  select p.row_count, (select jsonb_agg(jsonb_build_array(x.row_no, x.code) order by x.row_no)
      from (select u.row_no, u.code from unnest(p.unknown_rows, p.pupil_codes) u(row_no, code) order by u.row_no limit p_most) x)
    into v_unknown, v_rows from pg_temp.measure_places p where p.school_id is null;
  select coalesce(jsonb_agg(jsonb_build_object('stage', x.stage, 'grade', x.grade, 'first', x.first_on, 'last', x.last_on)
      order by x.stage, x.grade), '[]') into v_cohorts
    from (select p.stage, p.grade, min(p.first_on) as first_on, max(p.last_on) as last_on from pg_temp.measure_places p
      where p.school_id is not null group by p.stage, p.grade) x;
  if v_unknown > 0 then
    drop table pg_temp.measure_places;
  end if;
  return jsonb_build_object('unknown', jsonb_build_object('count', coalesce(v_unknown, 0), 'rows', coalesce(v_rows, '[]')), 'cohorts', v_cohorts);
end $$;

-- Takes in what app.place_measures() found, as one batch; the schools and grades named get these measures instead of the old.
create function app.replace_measures(p_kind text, p_school_year smallint, p_file_name text, p_is_sample boolean) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  v_district integer := app.district_id();
  v_batch bigint;
begin
  -- only a table that app.place_measures() has made says truly who was placed where
  if v_district is null or (select c.relowner <> 'xingfu_owner'::regrole from pg_catalog.pg_class c
      where c.oid = 'pg_temp.measure_places'::regclass) then
    raise exception 'not placed' using errcode = '42501';
  end if;
  insert into app.measure_batches (district_id, kind, school_year, file_name, is_sample, row_count, missing_count, school_count, first_on, last_on)
    select v_district, p_kind, p_school_year, p_file_name, p_is_sample, coalesce(sum(m.row_count), 0), coalesce(sum(m.missing_count), 0),
      count(distinct m.school_id), min(m.first_on), max(m.last_on) from pg_temp.measure_places m
    returning id into v_batch;
  insert into app.measure_packs (district_id, batch_id, school_id, stage, grade, previous_batch_id, row_count, missing_count, pupil_codes,
      amounts, measured_on)
    select v_district, v_batch, m.school_id, m.stage, m.grade, c.batch_id, m.row_count, m.missing_count, m.pupil_codes, m.amounts, m.measured_on
    from pg_temp.measure_places m left join app.current_measures c on c.district_id = v_district and c.kind = p_kind
      and c.school_year = p_school_year and c.school_id = m.school_id and c.stage = m.stage and c.grade = m.grade;
  insert into app.current_measures (district_id, kind, school_year, school_id, stage, grade, batch_id)
    select v_district, p_kind, p_school_year, m.school_id, m.stage, m.grade, v_batch from pg_temp.measure_places m
    on conflict (district_id, kind, school_year, school_id, stage, grade) do update set batch_id = excluded.batch_id;
  insert into app.audit_events (district_id, account_id, account_name, action, subject, detail)
    select v_district, app.account_id(), app.account_name(), 'growth.load', 'batch ' || v_batch,
      jsonb_build_object('measure', p_kind, 'year', p_school_year, 'fileName', p_file_name, 'pupils', b.row_count, 'schools', b.school_count)
    from app.measure_batches b where b.district_id = v_district and b.id = v_batch;
  drop table pg_temp.measure_places; -- a transaction may load several kinds and years
  return v_batch;
end $$;

-- Points back to what was current before the batch. Returns the later batch that stands in the way, null when it is done.
-- Nothing (no row) for a batch that does not exist or is out of sight, 42501 for one whose schools the caller may not fill in for.
create function app.undo_measures(p_batch bigint) returns table (later_batch_id bigint, was_undone boolean)
language plpgsql security definer set search_path = '' as $$
declare
  v_district integer := app.district_id();
  v_batch app.measure_batches;
  v_later bigint;
begin
  select * into v_batch from app.measure_batches b where b.district_id = v_district and b.id = p_batch
    and (app.may('school.read') or b.created_by = app.account_id() or exists (select from app.measure_packs p
      where p.district_id = v_district and p.batch_id = p_batch and p.school_id = any (app.read_units())))
    for update;
  if v_batch.id is null then
    return;
  end if;
  if not app.may('return.fill') and exists (select from app.measure_packs p
      where p.district_id = v_district and p.batch_id = p_batch and not p.school_id = any (app.fill_units())) then
    raise exception 'out of reach' using errcode = '42501';
  end if;
  if v_batch.undone_at is not null then
    return query select null::bigint, true;
    return;
  end if;
  select max(c.batch_id) into v_later from app.measure_packs p join app.current_measures c on c.district_id = p.district_id
    and c.kind = v_batch.kind and c.school_year = v_batch.school_year and c.school_id = p.school_id and c.stage = p.stage
    and c.grade = p.grade
    where p.district_id = v_district and p.batch_id = p_batch and c.batch_id <> p_batch;
  if v_later is not null then
    return query select v_later, false;
    return;
  end if;
  update app.current_measures c set batch_id = p.previous_batch_id from app.measure_packs p
    where p.district_id = v_district and p.batch_id = p_batch and c.district_id = v_district and c.kind = v_batch.kind
      and c.school_year = v_batch.school_year and c.school_id = p.school_id and c.stage = p.stage and c.grade = p.grade;
  update app.measure_batches b set undone_by = app.account_id(), undone_name = app.account_name(), undone_at = now()
    where b.district_id = v_district and b.id = p_batch;
  insert into app.audit_events (district_id, account_id, account_name, action, subject, detail)
    values (v_district, app.account_id(), app.account_name(), 'growth.undo', 'batch ' || p_batch,
      jsonb_build_object('measure', v_batch.kind, 'year', v_batch.school_year, 'fileName', v_batch.file_name, 'pupils', v_batch.row_count));
  return query select null::bigint, false;
end $$;

-- Measures out ------------------------------------------------------------------------------------------------------

-- Gathers what a run computes with into pg_temp.growth_input, which the caller may then copy out: a number instead of the
-- pupil's code, in an order that says nothing of the code and differs from scheme to scheme (the same within one, so that equal
-- data give equal figures to the last digit), and no name. School, class, sex, day of birth and migrant
-- status come from the roll; whoever is no longer on it is left out; a campus counts with its school. Of a pupil in two packs of
-- a year the newer one holds. The reading is written to the audit. The hash is of the same rows with the codes in them: equal data, equal hash.
create function app.gather_growth(p_run bigint)
returns table (input_hash text, input_rows integer, batch_ids bigint[], first_loaded_at timestamptz, last_loaded_at timestamptz)
language plpgsql security definer set search_path = '' set enable_nestloop = off as $$
declare
  v_district integer := app.district_id();
  v_scheme app.growth_schemes;
  v_years smallint[];
  v_hash text;
  v_rows integer;
  v_batches bigint[];
begin
  if v_district is null or not app.may('growth.run') then
    raise exception 'out of reach' using errcode = '42501';
  end if;
  select s.* into v_scheme from app.growth_runs r join app.growth_schemes s on s.district_id = r.district_id and s.id = r.scheme_id
    where r.district_id = v_district and r.id = p_run and r.state = 'running';
  if v_scheme.id is null then
    return;
  end if;
  v_years := array(select distinct (y - back)::smallint from unnest(v_scheme.school_years) y, generate_series(0, v_scheme.priors) back);
  select array_agg(distinct c.batch_id order by c.batch_id) into v_batches from app.current_measures c
    where c.district_id = v_district and c.kind = v_scheme.kind and c.school_year = any (v_years) and c.batch_id is not null;
  create temporary table growth_measured on commit drop as
    select distinct on (x.school_year, x.pupil_code) x.school_year, x.pupil_code, x.amount, x.measured_on
    from (select c.school_year, c.batch_id, m.pupil_code collate "C" as pupil_code, m.amount, m.measured_on
      from app.current_measures c join app.measure_packs p
        on p.district_id = c.district_id and p.batch_id = c.batch_id and p.school_id = c.school_id and p.stage = c.stage and p.grade = c.grade
        cross join lateral unnest(p.pupil_codes, p.amounts, p.measured_on) m(pupil_code, amount, measured_on)
      where c.district_id = v_district and c.kind = v_scheme.kind and c.school_year = any (v_years)) x
    order by x.school_year, x.pupil_code, x.batch_id desc;
  create temporary table growth_placed on commit drop as
    select m.school_year, m.pupil_code, m.amount, m.measured_on, e.stage, e.grade, e.class_name, e.is_migrant,
      p.sex, p.birth_date, coalesce(home.code, u.code) as school_code
    from pg_temp.growth_measured m
      join app.enrolments e on e.district_id = v_district and e.school_year = m.school_year and e.pupil_code = m.pupil_code
      join app.pupils p on p.district_id = v_district and p.pupil_code = m.pupil_code
      join app.org_units u on u.district_id = v_district and u.id = e.school_id
      left join app.org_units home on home.district_id = v_district and home.id = u.parent_id and u.kind = 'campus';
  create temporary table growth_input on commit drop as
    with judged as (
      select x.pupil_code, row_number() over (order by hashtextextended(x.pupil_code, (extract(epoch from v_scheme.recorded_at) * 1000000)::bigint)) as pupil
      from (select distinct g.pupil_code from pg_temp.growth_placed g
        where g.stage = v_scheme.stage and g.school_year = any (v_scheme.school_years)) x)
    select j.pupil::integer as pupil, g.school_year, g.measured_on, g.stage, g.grade, g.amount, g.sex, g.birth_date, g.is_migrant,
      g.school_code, g.class_name, g.pupil_code
    from pg_temp.growth_placed g join judged j using (pupil_code);
  select encode(sha256(convert_to(coalesce(string_agg(concat_ws('|', g.school_year, g.pupil_code, g.amount, g.measured_on, g.stage, g.grade,
      g.school_code, g.class_name, g.sex, g.birth_date, g.is_migrant), E'\n' order by g.school_year, g.pupil_code collate "C"), ''), 'UTF8')), 'hex'),
      count(*) into v_hash, v_rows from pg_temp.growth_input g;
  grant select (pupil, school_year, measured_on, stage, grade, amount, sex, birth_date, is_migrant, school_code, class_name)
    on pg_temp.growth_input to xingfu_user;
  insert into app.audit_events (district_id, account_id, account_name, action, subject, detail)
    values (v_district, app.account_id(), app.account_name(), 'growth.read', 'run ' || p_run,
      jsonb_build_object('scheme', v_scheme.name, 'measures', v_rows, 'batches', to_jsonb(coalesce(v_batches, '{}'))));
  -- a scheme comes before the data it judges, not before the years that are only its start
  return query select v_hash, v_rows, coalesce(v_batches, '{}'),
      min(b.created_at) filter (where b.school_year = any (v_scheme.school_years)), max(b.created_at)
    from app.measure_batches b where b.district_id = v_district and b.id = any (v_batches);
end $$;

revoke execute on function app.place_measures(smallint, integer) from public;
revoke execute on function app.replace_measures(text, smallint, text, boolean) from public;
revoke execute on function app.undo_measures(bigint) from public;
revoke execute on function app.gather_growth(bigint) from public;
grant execute on function app.place_measures(smallint, integer), app.replace_measures(text, smallint, text, boolean),
  app.undo_measures(bigint), app.gather_growth(bigint) to xingfu_user;

-- The queue ---------------------------------------------------------------------------------------------------------
-- What a server needs before it acts for the person who asked for the run. Conditional updates: of two servers that take the
-- same run the second finds it taken.

-- Takes up the oldest run that waits or whose server has fallen silent; no row when there is none. A run that has brought
-- down its server several times is given up.
create function gate.take_growth_run(p_worker text, p_lease_seconds integer)
returns table (district_id integer, run_id bigint, account_id bigint)
language plpgsql security definer set search_path = '' as $$
begin
  update app.growth_runs r set state = 'failed', ended_at = now(), worker = null, lease_until = null,
      failure = '{"code": "INTERNAL", "fields": {}}'
    where r.state = 'running' and r.lease_until < now() and r.attempts >= 3;
  return query
    update app.growth_runs r set state = 'running', worker = p_worker, attempts = r.attempts + 1, progress = 0,
        started_at = now(), lease_until = now() + make_interval(secs => p_lease_seconds)
      where (r.district_id, r.id) = (select w.district_id, w.id from app.growth_runs w
          where w.state = 'queued' or (w.state = 'running' and w.lease_until < now()) order by w.requested_at, w.id limit 1)
        and (r.state = 'queued' or (r.state = 'running' and r.lease_until < now()))
      returning r.district_id, r.id, r.requested_by;
end $$;

-- Renews the lease and shows how far it is; false when the run is no longer this server's: it was cancelled or taken over.
create function gate.hold_growth_run(p_district integer, p_run bigint, p_worker text, p_progress integer, p_lease_seconds integer)
returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  update app.growth_runs r set progress = p_progress, lease_until = now() + make_interval(secs => p_lease_seconds)
    where r.district_id = p_district and r.id = p_run and r.state = 'running' and r.worker = p_worker;
  return found;
end $$;

-- Lets a run go: back into the queue when the server stops, failed with the reason otherwise.
create function gate.drop_growth_run(p_district integer, p_run bigint, p_worker text, p_failure jsonb) returns void
language plpgsql security definer set search_path = '' as $$
begin
  update app.growth_runs r set state = case when p_failure is null then 'queued' else 'failed' end, failure = p_failure,
      worker = null, lease_until = null, progress = 0, attempts = case when p_failure is null then 0 else r.attempts end,
      ended_at = case when p_failure is null then null else now() end
    where r.district_id = p_district and r.id = p_run and r.state = 'running' and r.worker = p_worker;
end $$;

revoke execute on function gate.take_growth_run(text, integer) from public;
revoke execute on function gate.hold_growth_run(integer, bigint, text, integer, integer) from public;
revoke execute on function gate.drop_growth_run(integer, bigint, text, jsonb) from public;
