-- Names are read through one door that checks the reach and writes the reading down, so that nothing can read a name
-- without leaving a trace. A page costs as much as it shows: the index gives a school's roll in its order.

create index enrolments_in_class_order
  on app.enrolments (district_id, school_id, school_year, stage, grade, class_name, pupil_code);
comment on index app.enrolments_in_class_order is '按学段、年级、班级逐页查看学生名册';

revoke select on app.pupils from xingfu_user;
revoke select on app.enrolments from xingfu_user;
drop policy reach on app.pupils;
drop policy reach on app.enrolments;

-- A page of a school's roll in a year, by stage, grade, class and pupil code, each row with the number of all pupils of
-- the roll; the reading is written to the audit. Nothing for a school the actor cannot see, 42501 for one whose names
-- the actor may not read. The planner takes a school for a handful of rows while the table has not been analyzed and
-- would sort it whole: enable_sort keeps it on the index. No pupil comes twice, so remembering them costs only time.
create function app.read_roll(p_code text, p_school_year smallint, p_page integer, p_size integer)
returns table (pupil_code text, name text, sex text, birth_date date, stage text, grade smallint, class_name text,
  is_migrant boolean, total bigint)
language plpgsql security definer set search_path = '' set enable_sort = off set enable_memoize = off as $$
declare
  v_district integer := app.district_id();
  v_school bigint;
  v_total bigint;
  v_count integer;
begin
  select u.id, (select coalesce(sum(c.pupils), 0) from app.roll_counts c
      where c.district_id = v_district and c.school_year = p_school_year and c.school_id = u.id)
    into v_school, v_total from app.org_units u
    where u.district_id = v_district and u.code = p_code and u.kind in ('school', 'campus')
      and (app.sees_all_units() or u.id = any (app.seen_units()));
  if v_school is null then
    return;
  end if;
  if not (app.may('pupils.read') or v_school = any (app.pupil_units())) then
    raise exception 'out of reach' using errcode = '42501';
  end if;
  return query
    select e.pupil_code, p.name, p.sex, p.birth_date, e.stage, e.grade, e.class_name, e.is_migrant, v_total
    from (select * from app.enrolments r
        where r.district_id = v_district and r.school_id = v_school and r.school_year = p_school_year
        order by r.stage, r.grade, r.class_name, r.pupil_code limit p_size offset (p_page - 1)::bigint * p_size) e
      join app.pupils p on p.district_id = v_district and p.pupil_code = e.pupil_code
    order by e.stage, e.grade, e.class_name, e.pupil_code;
  get diagnostics v_count = row_count;
  insert into app.audit_events (district_id, account_id, account_name, action, subject, detail)
    values (v_district, app.account_id(), app.account_name(), 'pupils.read', 'school ' || p_code,
      jsonb_build_object('year', p_school_year, 'page', p_page, 'size', p_size, 'pupils', v_count));
end $$;
revoke execute on function app.read_roll(text, smallint, integer, integer) from public;
grant execute on function app.read_roll(text, smallint, integer, integer) to xingfu_user;
