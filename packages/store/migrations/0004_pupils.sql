-- The roll: pupils, where they were enrolled in each year, and the counts that may be read without names.

create table app.pupils (
  district_id integer not null,
  pupil_code  text not null collate "C" check (length(pupil_code) between 1 and 30),
  name        text not null,
  sex         text check (sex in ('male', 'female')),
  birth_date  date,
  primary key (district_id, pupil_code)
);
comment on table app.pupils is '学生';
comment on column app.pupils.district_id is '区县编号';
comment on column app.pupils.pupil_code is '学籍号';
comment on column app.pupils.name is '姓名';
comment on column app.pupils.sex is '性别';
comment on column app.pupils.birth_date is '出生日期';

create table app.enrolments (
  district_id integer not null,
  school_year smallint not null,
  pupil_code  text not null collate "C",
  school_id   bigint not null,
  stage       text not null,
  grade       smallint not null,
  class_name  text not null,
  is_migrant  boolean,
  -- one index for a school's list and for finding a pupil within a reach; replace_rolls() keeps a pupil to one school a year
  primary key (district_id, school_id, pupil_code, school_year)
);
comment on table app.enrolments is '学生各学年在校情况';
comment on column app.enrolments.district_id is '区县编号';
comment on column app.enrolments.school_year is '学年（起始年份）';
comment on column app.enrolments.pupil_code is '学籍号';
comment on column app.enrolments.school_id is '学校（单元）编号';
comment on column app.enrolments.stage is '学段';
comment on column app.enrolments.grade is '年级（学段内，自 1 起）';
comment on column app.enrolments.class_name is '班级名称';
comment on column app.enrolments.is_migrant is '是否随迁子女';

create table app.roll_counts (
  district_id integer not null,
  school_year smallint not null,
  school_id   bigint not null,
  stage       text not null,
  grade       smallint not null,
  class_name  text not null,
  pupils      integer not null,
  migrants    integer not null,
  primary key (district_id, school_year, school_id, stage, grade, class_name)
);
comment on table app.roll_counts is '各班学生数（不含姓名）';
comment on column app.roll_counts.district_id is '区县编号';
comment on column app.roll_counts.school_year is '学年（起始年份）';
comment on column app.roll_counts.school_id is '学校（单元）编号';
comment on column app.roll_counts.stage is '学段';
comment on column app.roll_counts.grade is '年级（学段内，自 1 起）';
comment on column app.roll_counts.class_name is '班级名称';
comment on column app.roll_counts.pupils is '学生数（人）';
comment on column app.roll_counts.migrants is '随迁子女数（人）';

do $$
declare t text;
begin
  foreach t in array array['pupils', 'enrolments', 'roll_counts'] loop
    execute format('alter table app.%I enable row level security', t);
    execute format('alter table app.%I force row level security', t);
    execute format('create policy owner on app.%I to xingfu_owner using (true) with check (true)', t);
  end loop;
end $$;

create policy reach on app.enrolments for select to xingfu_user
  using (district_id = (select app.district_id())
    and ((select app.may('pupils.read')) or school_id = any ((select app.pupil_units())::bigint[])));
create policy reach on app.pupils for select to xingfu_user
  using (district_id = (select app.district_id())
    and ((select app.may('pupils.read')) or exists (select from app.enrolments e where e.district_id = pupils.district_id
      and e.pupil_code = pupils.pupil_code and e.school_id = any ((select app.pupil_units())::bigint[]))));
create policy reach on app.roll_counts for select to xingfu_user
  using (district_id = (select app.district_id())
    and ((select app.may('school.read')) or school_id = any ((select app.read_units())::bigint[])));

grant select (district_id, pupil_code, name, sex, birth_date) on app.pupils to xingfu_user;
grant select (district_id, school_year, pupil_code, school_id, stage, grade, class_name, is_migrant) on app.enrolments to xingfu_user;
grant select (district_id, school_year, school_id, stage, grade, class_name, pupils, migrants) on app.roll_counts to xingfu_user;

-- Takes in the rows the caller has put into its temporary table roll_rows (pupil_code, name, sex, birth_date, school_id,
-- stage, grade, class_name, is_migrant). Those who load rolls need not be those who may read names, so this runs as the
-- owner and checks the caller's reach itself. Returns the pupil codes that stand in the way; empty = done.
create function app.replace_rolls(p_school_year smallint) returns text[]
language plpgsql security definer set search_path = '' as $$
declare
  v_district integer := app.district_id();
  v_schools bigint[];
  v_elsewhere text[];
begin
  select array_agg(distinct r.school_id) into v_schools from pg_temp.roll_rows r;
  if v_district is null or v_schools is null
    or not (app.may('return.fill') or v_schools <@ app.fill_units())
    or exists (select from unnest(v_schools) s where not exists
      (select from app.org_units u where u.district_id = v_district and u.id = s)) then
    raise exception 'out of reach' using errcode = '42501';
  end if;
  select array_agg(x.pupil_code) into v_elsewhere from (
    select e.pupil_code from pg_temp.roll_rows r join app.enrolments e
      on e.district_id = v_district and e.school_year = p_school_year and e.pupil_code = r.pupil_code
    where not e.school_id = any (v_schools) limit 20) x;
  if v_elsewhere is not null then
    return v_elsewhere;
  end if;
  delete from app.enrolments e where e.district_id = v_district and e.school_year = p_school_year and e.school_id = any (v_schools);
  update app.pupils p set name = r.name, sex = r.sex, birth_date = r.birth_date from pg_temp.roll_rows r
    where p.district_id = v_district and p.pupil_code = r.pupil_code
      and (p.name, p.sex, p.birth_date) is distinct from (r.name, r.sex, r.birth_date);
  insert into app.pupils (district_id, pupil_code, name, sex, birth_date)
    select v_district, r.pupil_code, r.name, r.sex, r.birth_date from pg_temp.roll_rows r
    where not exists (select from app.pupils p where p.district_id = v_district and p.pupil_code = r.pupil_code)
    on conflict do nothing;
  insert into app.enrolments (district_id, school_year, pupil_code, school_id, stage, grade, class_name, is_migrant)
    select v_district, p_school_year, r.pupil_code, r.school_id, r.stage, r.grade, r.class_name, r.is_migrant from pg_temp.roll_rows r;
  delete from app.roll_counts c where c.district_id = v_district and c.school_year = p_school_year and c.school_id = any (v_schools);
  insert into app.roll_counts (district_id, school_year, school_id, stage, grade, class_name, pupils, migrants)
    select v_district, p_school_year, r.school_id, r.stage, r.grade, r.class_name, count(*), count(*) filter (where r.is_migrant)
    from pg_temp.roll_rows r group by r.school_id, r.stage, r.grade, r.class_name;
  return array[]::text[];
end $$;
revoke execute on function app.replace_rolls(smallint) from public;
grant execute on function app.replace_rolls(smallint) to xingfu_user;
