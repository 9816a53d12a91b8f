-- Surveys without names: what is asked, whom, links and tokens, answers that lead back to nobody, results.

-- Tables ------------------------------------------------------------------------------------------------------------

create table app.surveys (
  district_id  integer not null references app.districts on delete restrict,
  id           bigint generated always as identity,
  school_year  smallint not null check (school_year between 1990 and 2100),
  title        text not null check (length(title) <= 100),
  asker        text not null check (length(asker) <= 100),
  purpose      text not null check (length(purpose) <= 500),
  opens_on     date not null,
  closes_on    date not null,
  forms        jsonb not null,
  state        text not null default 'draft' check (state in ('draft', 'open', 'closed')),
  revision     integer not null default 1,
  -- tells a token that was used from one that never was, so that used ones need not be kept
  token_key    bytea not null default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
  result       jsonb,
  is_sample    boolean not null,
  created_by   bigint default app.account_id(),
  created_name text default app.account_name(),
  created_at   timestamptz not null default now(),
  changed_name text default app.account_name(),
  changed_at   timestamptz not null default now(),
  primary key (district_id, id)
);
create index surveys_year on app.surveys (district_id, school_year);
comment on table app.surveys is '问卷调查';
comment on column app.surveys.district_id is '区县编号';
comment on column app.surveys.id is '调查编号';
comment on column app.surveys.school_year is '学年（起始年份）';
comment on column app.surveys.title is '名称';
comment on column app.surveys.asker is '调查单位';
comment on column app.surveys.purpose is '用途';
comment on column app.surveys.opens_on is '开始日期';
comment on column app.surveys.closes_on is '截止日期（含当日）';
comment on column app.surveys.forms is '各类对象的问卷';
comment on column app.surveys.state is '状态：编制中、进行中、已结束';
comment on column app.surveys.revision is '修改次数';
comment on column app.surveys.token_key is '核验码密钥：只用于识别已使用的答题码';
comment on column app.surveys.result is '全区结果（汇总数）';
comment on column app.surveys.is_sample is '是否示例数据';
comment on column app.surveys.created_by is '建立人账号编号';
comment on column app.surveys.created_name is '建立人姓名';
comment on column app.surveys.created_at is '建立时间';
comment on column app.surveys.changed_name is '最近修改人姓名';
comment on column app.surveys.changed_at is '最近修改时间';

create table app.survey_strata (
  district_id integer not null,
  survey_id   bigint not null,
  unit_id     bigint not null,
  party       text not null check (length(party) between 1 and 20),
  stage       text not null check (length(stage) <= 20),
  population  integer not null check (population >= 0),
  sheets      integer not null check (sheets between 0 and population),
  to_ask      integer not null check (to_ask between 0 and population),
  primary key (district_id, survey_id, unit_id, party, stage),
  foreign key (district_id, survey_id) references app.surveys (district_id, id) on delete cascade,
  foreign key (district_id, unit_id) references app.org_units (district_id, id) on delete restrict
);
comment on table app.survey_strata is '抽样计划：学校、对象、学段';
comment on column app.survey_strata.district_id is '区县编号';
comment on column app.survey_strata.survey_id is '调查编号';
comment on column app.survey_strata.unit_id is '学校单元编号；不属于学校的对象为区县';
comment on column app.survey_strata.party is '调查对象';
comment on column app.survey_strata.stage is '学段；空为不分学段';
comment on column app.survey_strata.population is '人数';
comment on column app.survey_strata.sheets is '需要的答卷数';
comment on column app.survey_strata.to_ask is '需要邀请的人数';

create table app.survey_links (
  district_id integer not null,
  id          bigint generated always as identity,
  survey_id   bigint not null,
  unit_id     bigint not null,
  party       text not null,
  stage       text not null,
  label       text not null check (length(label) <= 50),
  code        text not null check (length(code) between 1 and 100),
  code_hash   bytea not null check (length(code_hash) = 32),
  most        integer not null check (most between 1 and 100000),
  used        integer not null default 0 check (used between 0 and most),
  primary key (district_id, id),
  constraint survey_links_code_key unique (district_id, survey_id, code_hash),
  foreign key (district_id, survey_id, unit_id, party, stage) references app.survey_strata on delete cascade
);
comment on table app.survey_links is '公用答题链接（限定份数）';
comment on column app.survey_links.district_id is '区县编号';
comment on column app.survey_links.id is '链接编号';
comment on column app.survey_links.survey_id is '调查编号';
comment on column app.survey_links.unit_id is '学校单元编号';
comment on column app.survey_links.party is '调查对象';
comment on column app.survey_links.stage is '学段';
comment on column app.survey_links.label is '说明，例如班级';
comment on column app.survey_links.code is '链接代码';
comment on column app.survey_links.code_hash is '链接代码的 SHA-256';
comment on column app.survey_links.most is '最多份数';
comment on column app.survey_links.used is '已交份数';

-- Unused tokens only: using one removes it.
create table app.survey_tokens (
  district_id integer not null,
  survey_id   bigint not null,
  token_hash  bytea not null check (length(token_hash) = 32),
  unit_id     bigint not null,
  party       text not null,
  stage       text not null,
  primary key (district_id, survey_id, token_hash),
  foreign key (district_id, survey_id, unit_id, party, stage) references app.survey_strata on delete cascade
);
create index survey_tokens_stratum on app.survey_tokens (district_id, survey_id, unit_id, party, stage);
comment on table app.survey_tokens is '尚未使用的一次性答题码（只存散列）';
comment on column app.survey_tokens.district_id is '区县编号';
comment on column app.survey_tokens.survey_id is '调查编号';
comment on column app.survey_tokens.token_hash is '答题码的 SHA-256';
comment on column app.survey_tokens.unit_id is '学校单元编号';
comment on column app.survey_tokens.party is '调查对象';
comment on column app.survey_tokens.stage is '学段';

-- No account, address, token, time of day or running number stands here (decision 0010).
create table app.survey_answers (
  district_id integer not null,
  id          uuid not null default gen_random_uuid(),
  survey_id   bigint not null,
  unit_id     bigint not null,
  party       text not null,
  stage       text not null,
  answered_on date not null,
  sheet       jsonb not null,
  primary key (district_id, survey_id, id),
  foreign key (district_id, survey_id) references app.surveys (district_id, id) on delete restrict
);
create index survey_answers_stratum on app.survey_answers (district_id, survey_id, unit_id, party, stage);
comment on table app.survey_answers is '匿名答卷';
comment on column app.survey_answers.district_id is '区县编号';
comment on column app.survey_answers.id is '随机编号';
comment on column app.survey_answers.survey_id is '调查编号';
comment on column app.survey_answers.unit_id is '学校单元编号';
comment on column app.survey_answers.party is '调查对象';
comment on column app.survey_answers.stage is '学段';
comment on column app.survey_answers.answered_on is '答卷日期（只到日）';
comment on column app.survey_answers.sheet is '答案';

create table app.survey_flags (
  district_id integer not null,
  survey_id   bigint not null,
  unit_id     bigint not null,
  on_day      date not null,
  answers     integer not null check (answers > 0),
  primary key (district_id, survey_id, unit_id, on_day),
  foreign key (district_id, survey_id) references app.surveys (district_id, id) on delete restrict
);
comment on table app.survey_flags is '异常提示：同一网络地址集中提交的份数（不记地址）';
comment on column app.survey_flags.district_id is '区县编号';
comment on column app.survey_flags.survey_id is '调查编号';
comment on column app.survey_flags.unit_id is '学校单元编号';
comment on column app.survey_flags.on_day is '日期';
comment on column app.survey_flags.answers is '超过限度后提交的份数';

create table app.survey_results (
  district_id integer not null,
  survey_id   bigint not null,
  unit_id     bigint not null,
  party       text not null,
  population  integer not null,
  asked       integer not null,
  sheets      integer not null,
  is_shown    boolean not null,
  answers     integer,
  satisfied   integer,
  share       double precision,
  low         double precision,
  high        double precision,
  leaves      jsonb not null,
  primary key (district_id, survey_id, unit_id, party),
  -- what is not shown is not kept either
  check (is_shown and sheets >= 10 or answers is null and satisfied is null and share is null and low is null and high is null
    and leaves = '{}'),
  foreign key (district_id, survey_id) references app.surveys (district_id, id) on delete restrict
);
comment on table app.survey_results is '各校结果（汇总数；不足 10 份或可推算出的不保存）';
comment on column app.survey_results.district_id is '区县编号';
comment on column app.survey_results.survey_id is '调查编号';
comment on column app.survey_results.unit_id is '学校单元编号';
comment on column app.survey_results.party is '调查对象';
comment on column app.survey_results.population is '人数';
comment on column app.survey_results.asked is '邀请人数';
comment on column app.survey_results.sheets is '答卷数';
comment on column app.survey_results.is_shown is '结果是否可以显示';
comment on column app.survey_results.answers is '满意度题的有效答卷数';
comment on column app.survey_results.satisfied is '其中满意的份数';
comment on column app.survey_results.share is '加权满意度';
comment on column app.survey_results.low is '95% 区间下限';
comment on column app.survey_results.high is '95% 区间上限';
comment on column app.survey_results.leaves is '各考查要点的答卷数和满意数';

-- Row-level security ------------------------------------------------------------------------------------------------

do $$
declare t text;
begin
  foreach t in array array['surveys', 'survey_strata', 'survey_links', 'survey_tokens', 'survey_answers', 'survey_flags', 'survey_results'] loop
    execute format('alter table app.%I enable row level security', t);
    execute format('alter table app.%I force row level security', t);
    execute format('create policy owner on app.%I to xingfu_owner using (true) with check (true)', t);
  end loop;
  -- who builds surveys; answers and flags are written by the gate only
  foreach t in array array['surveys', 'survey_strata', 'survey_links', 'survey_tokens', 'survey_results'] loop
    execute format('create policy manage on app.%I to xingfu_user using (district_id = (select app.district_id()) and (select app.may(''survey.manage'')))
      with check (district_id = (select app.district_id()) and (select app.may(''survey.manage'')))', t);
  end loop;
end $$;

-- Looked up once per statement, not once per row.
create function app.closed_surveys() returns bigint[] language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(s.id), '{}') from app.surveys s where s.district_id = app.district_id() and s.state = 'closed'
$$;
revoke execute on function app.closed_surveys() from public;
grant execute on function app.closed_surveys() to xingfu_user;

-- Closed surveys are read by whoever reads schools: the district's sums by everybody, a school's by who reaches it.
create policy closed on app.surveys for select to xingfu_user
  using (district_id = (select app.district_id()) and state = 'closed'
    and ((select app.may('school.read')) or (select cardinality(app.read_units())) > 0));
create policy shown on app.survey_results for select to xingfu_user
  using (district_id = (select app.district_id()) and is_shown
    and ((select app.may('school.read')) or unit_id = any ((select app.read_units())::bigint[]))
    and survey_id = any ((select app.closed_surveys())::bigint[]));
-- Nobody reads an answer before the survey is closed.
create policy closed on app.survey_answers for select to xingfu_user
  using (district_id = (select app.district_id()) and (select app.may('survey.manage'))
    and survey_id = any ((select app.closed_surveys())::bigint[]));
create policy manage on app.survey_flags for select to xingfu_user
  using (district_id = (select app.district_id()) and (select app.may('survey.manage')));

grant select (district_id, id, school_year, title, asker, purpose, opens_on, closes_on, forms, state, revision, result, is_sample, created_by,
    created_name, created_at, changed_name, changed_at),
  insert (district_id, school_year, title, asker, purpose, opens_on, closes_on, forms, is_sample),
  update (school_year, title, asker, purpose, opens_on, closes_on, forms, state, revision, result, changed_name, changed_at)
  on app.surveys to xingfu_user;
grant select (district_id, survey_id, unit_id, party, stage, population, sheets, to_ask),
  insert (district_id, survey_id, unit_id, party, stage, population, sheets, to_ask),
  update (population, sheets, to_ask) on app.survey_strata to xingfu_user;
grant select (district_id, id, survey_id, unit_id, party, stage, label, code, code_hash, most, used),
  insert (district_id, survey_id, unit_id, party, stage, label, code, code_hash, most) on app.survey_links to xingfu_user;
grant select (district_id, survey_id, token_hash, unit_id, party, stage),
  insert (district_id, survey_id, token_hash, unit_id, party, stage) on app.survey_tokens to xingfu_user;
grant select (district_id, id, survey_id, unit_id, party, stage, answered_on, sheet) on app.survey_answers to xingfu_user;
grant select (district_id, survey_id, unit_id, on_day, answers) on app.survey_flags to xingfu_user;
grant select (district_id, survey_id, unit_id, party, population, asked, sheets, is_shown, answers, satisfied, share, low, high, leaves),
  insert (district_id, survey_id, unit_id, party, population, asked, sheets, is_shown, answers, satisfied, share, low, high, leaves)
  on app.survey_results to xingfu_user;
grant delete on app.surveys, app.survey_strata, app.survey_links, app.survey_tokens, app.survey_results to xingfu_user;

-- What a manager may have done without reading answers or keys --------------------------------------------------------

-- Sheets that came in, by stratum: a number of people, never what they said.
create function app.survey_sheets(p_survey bigint)
returns table (unit_id bigint, party text, stage text, sheets integer)
language plpgsql stable security definer set search_path = '' as $$
begin
  if not app.may('survey.manage') then
    raise exception 'only who manages surveys' using errcode = '42501';
  end if;
  return query select a.unit_id, a.party, a.stage, count(*)::integer from app.survey_answers a
    where a.district_id = app.district_id() and a.survey_id = p_survey group by 1, 2, 3;
end $$;

-- The second half of new tokens.
create function app.survey_macs(p_survey bigint, p_hashes bytea[]) returns bytea[]
language plpgsql stable security definer set search_path = '' as $$
begin
  if not app.may('survey.manage') then
    raise exception 'only who manages surveys' using errcode = '42501';
  end if;
  return (select array_agg(substring(sha256(s.token_key || h.hash) for 6) order by h.place)
    from app.surveys s, unnest(p_hashes) with ordinality h(hash, place)
    where s.district_id = app.district_id() and s.id = p_survey);
end $$;

-- Nothing comes in any more: waits for answers that are just being written, then closes.
create function app.close_survey(p_survey bigint) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  if not app.may('survey.manage') then
    raise exception 'only who manages surveys' using errcode = '42501';
  end if;
  perform pg_advisory_xact_lock(-10, p_survey::integer);
  update app.surveys s set state = 'closed', revision = s.revision + 1, changed_name = app.account_name(), changed_at = now()
    where s.district_id = app.district_id() and s.id = p_survey and s.state = 'open';
  if not found then
    return false;
  end if;
  -- written anew in one transaction, under new random numbers and in their order: neither the place of a row nor the
  -- transaction it was written in tells when it came
  with moved as (
    delete from app.survey_answers a where a.district_id = app.district_id() and a.survey_id = p_survey
    returning gen_random_uuid() as id, a.unit_id, a.party, a.stage, a.answered_on, a.sheet
  )
  insert into app.survey_answers (district_id, id, survey_id, unit_id, party, stage, answered_on, sheet)
    select app.district_id(), m.id, p_survey, m.unit_id, m.party, m.stage, m.answered_on, m.sheet from moved m order by m.id;
  delete from app.survey_tokens t where t.district_id = app.district_id() and t.survey_id = p_survey;
  return true;
end $$;

-- Many sheets at once into a survey of invented data; never into a real one.
create function app.load_sample_sheets(p_survey bigint, p_rows json) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_count integer;
begin
  if not app.may('survey.manage') or not exists (select from app.surveys s join app.districts d on d.district_id = s.district_id
      where s.district_id = app.district_id() and s.id = p_survey and s.is_sample and d.is_sample and s.state = 'open') then
    raise exception 'only into an open survey of a sample district' using errcode = '42501';
  end if;
  insert into app.survey_answers (district_id, survey_id, unit_id, party, stage, answered_on, sheet)
    select app.district_id(), p_survey, r.unit_id, r.party, r.stage, r.answered_on, r.sheet
    from json_to_recordset(p_rows) as r (unit_id bigint, party text, stage text, answered_on date, sheet jsonb);
  get diagnostics v_count = row_count;
  return v_count;
end $$;

revoke execute on function app.survey_sheets(bigint), app.survey_macs(bigint, bytea[]), app.close_survey(bigint),
  app.load_sample_sheets(bigint, json) from public;
grant execute on function app.survey_sheets(bigint), app.survey_macs(bigint, bytea[]), app.close_survey(bigint),
  app.load_sample_sheets(bigint, json) to xingfu_user;

-- The gate: people who answer have no account -------------------------------------------------------------------------

-- Whether answers are taken today.
create function gate.survey_opening(p_state text, p_opens date, p_closes date) returns text language sql stable
  as $$ select case when p_state = 'closed' or p_state = 'open' and app.today() > p_closes then 'closed'
    when p_state = 'draft' or app.today() < p_opens then 'notYet' else 'open' end $$;

-- The form behind a link or token; `outcome` says why not: unknown, spent, full, notYet, closed.
create function gate.read_survey(p_district integer, p_survey bigint, p_hash bytea, p_mac bytea)
returns table (outcome text, title text, asker text, purpose text, opens_on date, closes_on date, district_name text, is_sample boolean,
  unit_name text, party text, form json)
language plpgsql stable security definer set search_path = '' as $$
declare
  s app.surveys; v_unit bigint; v_party text; v_outcome text;
begin
  select * into s from app.surveys x where x.district_id = p_district and x.id = p_survey;
  if not found then
    return query select 'unknown', null::text, null::text, null::text, null::date, null::date, null::text, null::boolean, null::text, null::text, null::json;
    return;
  end if;
  if p_mac is not null then
    select t.unit_id, t.party into v_unit, v_party from app.survey_tokens t
      where t.district_id = p_district and t.survey_id = p_survey and t.token_hash = p_hash;
    if not found and s.state <> 'closed' then
      v_outcome := case when substring(sha256(s.token_key || p_hash) for 6) = p_mac then 'spent' else 'unknown' end;
    end if;
  else
    select l.unit_id, l.party, case when l.used >= l.most then 'full' end into v_unit, v_party, v_outcome from app.survey_links l
      where l.district_id = p_district and l.survey_id = p_survey and l.code_hash = p_hash;
    if not found then v_outcome := 'unknown'; end if;
  end if;
  return query
    select coalesce(v_outcome, gate.survey_opening(s.state, s.opens_on, s.closes_on)), s.title, s.asker, s.purpose, s.opens_on, s.closes_on,
      d.name, s.is_sample,
      (select v.name from app.org_versions v where v.district_id = p_district and v.unit_id = v_unit and v.from_on <= app.today()
        order by v.from_on desc limit 1),
      v_party,
      (select f.value::json from jsonb_array_elements(s.forms) f(value) where f.value ->> 'party' = v_party)
    from app.districts d where d.district_id = p_district;
end $$;

-- Takes one sheet. The token is gone and the sheet is stored in one transaction, or neither is. The number comes from the
-- browser, so that a sheet whose reply was lost is sent again and stored once.
create function gate.answer_survey(p_district integer, p_survey bigint, p_hash bytea, p_mac bytea, p_party text, p_sheet jsonb, p_id uuid)
returns table (outcome text, unit_id bigint)
language plpgsql security definer set search_path = '' as $$
declare
  v_opening text; v_key bytea; v_unit bigint; v_stage text;
begin
  -- shared by all who answer; whoever closes the survey waits for them
  perform pg_advisory_xact_lock_shared(-10, p_survey::integer);
  select gate.survey_opening(s.state, s.opens_on, s.closes_on), s.token_key into v_opening, v_key
    from app.surveys s where s.district_id = p_district and s.id = p_survey;
  if v_opening is null then
    return query select 'unknown', null::bigint;
    return;
  end if;
  if v_opening <> 'open' then
    return query select v_opening, null::bigint;
    return;
  end if;
  if exists (select from app.survey_answers a where a.district_id = p_district and a.survey_id = p_survey and a.id = p_id) then
    return query select 'stored', null::bigint;
    return;
  end if;
  if p_mac is not null then
    delete from app.survey_tokens t where t.district_id = p_district and t.survey_id = p_survey and t.token_hash = p_hash and t.party = p_party
      returning t.unit_id, t.stage into v_unit, v_stage;
    if not found then
      return query select case when substring(sha256(v_key || p_hash) for 6) = p_mac then 'spent' else 'unknown' end, null::bigint;
      return;
    end if;
  else
    update app.survey_links l set used = l.used + 1
      where l.district_id = p_district and l.survey_id = p_survey and l.code_hash = p_hash and l.party = p_party and l.used < l.most
      returning l.unit_id, l.stage into v_unit, v_stage;
    if not found then
      return query select case when exists (select from app.survey_links l where l.district_id = p_district and l.survey_id = p_survey
        and l.code_hash = p_hash) then 'full' else 'unknown' end, null::bigint;
      return;
    end if;
  end if;
  insert into app.survey_answers (district_id, id, survey_id, unit_id, party, stage, answered_on, sheet)
    values (p_district, p_id, p_survey, v_unit, p_party, v_stage, app.today(), p_sheet);
  return query select 'stored', v_unit;
end $$;

-- Notes that many sheets came from one place; where it is, is not said.
create function gate.flag_survey(p_district integer, p_survey bigint, p_unit bigint, p_answers integer) returns void
language sql security definer set search_path = '' as $$
  insert into app.survey_flags as f (district_id, survey_id, unit_id, on_day, answers) values (p_district, p_survey, p_unit, app.today(), p_answers)
    on conflict (district_id, survey_id, unit_id, on_day) do update set answers = f.answers + excluded.answers
$$;

revoke execute on function gate.survey_opening(text, date, date), gate.read_survey(integer, bigint, bytea, bytea),
  gate.answer_survey(integer, bigint, bytea, bytea, text, jsonb, uuid), gate.flag_survey(integer, bigint, bigint, integer) from public;
