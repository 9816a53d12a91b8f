-- Entering and reading a roll, at a fraction of their processor time. Their statements keep their plans: PostgreSQL would
-- plan them anew at each call, because a plan for the values at hand looks cheaper, and planning takes longer than the
-- statements do. A page of names comes as one row, which costs less to send and to read than one row for each pupil.

drop function app.read_roll(text, smallint, integer, integer);

-- A page of a school's roll in a year, by stage, grade, class and pupil code, each pupil as an array (code, name, sex, date
-- of birth, stage, grade, class, migrant), and the number of all pupils of the roll; the reading is written to the audit. Nothing for a school the actor cannot see, 42501 for one whose names the actor may
-- not read. The planner takes a school for a handful of rows while the table has not been analyzed: the settings keep it
-- on the indices.
create function app.read_roll(p_code text, p_school_year smallint, p_page integer, p_size integer)
returns table (total bigint, pupils json)
language plpgsql security definer set search_path = '' set plan_cache_mode = force_generic_plan
  set enable_sort = off set enable_memoize = off set enable_bitmapscan = off as $$
declare
  v_district integer := app.district_id();
  v_school bigint;
  v_count bigint;
begin
  select u.id, (select coalesce(sum(c.pupils), 0) from app.roll_counts c
      where c.district_id = v_district and c.school_year = p_school_year and c.school_id = u.id)
    into v_school, total from app.org_units u
    where u.district_id = v_district and u.code = p_code and u.kind in ('school', 'campus')
      and (app.sees_all_units() or u.id = any (app.seen_units()));
  if v_school is null then
    return;
  end if;
  if not (app.may('pupils.read') or v_school = any (app.pupil_units())) then
    raise exception 'out of reach' using errcode = '42501';
  end if;
  select count(*), coalesce(json_agg(json_build_array(x.pupil_code, x.name, x.sex, x.birth_date, x.stage, x.grade,
      x.class_name, x.is_migrant)), '[]')
    into v_count, pupils from (
      select e.pupil_code, p.name, p.sex, p.birth_date, e.stage, e.grade, e.class_name, e.is_migrant
      from (select * from app.enrolments r
          where r.district_id = v_district and r.school_id = v_school and r.school_year = p_school_year
          order by r.stage, r.grade, r.class_name, r.pupil_code limit p_size offset (p_page - 1)::bigint * p_size) e
        join app.pupils p on p.district_id = v_district and p.pupil_code = e.pupil_code
      order by e.stage, e.grade, e.class_name, e.pupil_code) x;
  insert into app.audit_events (district_id, account_id, account_name, action, subject, detail)
    values (v_district, app.account_id(), app.account_name(), 'pupils.read', 'school ' || p_code,
      jsonb_build_object('year', p_school_year, 'page', p_page, 'size', p_size, 'pupils', v_count));
  return next;
end $$;
revoke execute on function app.read_roll(text, smallint, integer, integer) from public;
grant execute on function app.read_roll(text, smallint, integer, integer) to xingfu_user;

-- Finds the account's roles and sets what they reach, for this transaction only. A closed or unknown account gets
-- nothing: every policy then says no. A node that several roles reach may be listed twice, which changes no answer.
create or replace function app.enter(p_district integer, p_account bigint) returns void
language plpgsql security definer set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  v_name text; v_today date; v_base bigint[]; v_units bigint[]; v_path bigint[];
  v_actions text[] := '{}'; v_read bigint[] := '{}'; v_fill bigint[] := '{}'; v_pupils bigint[] := '{}';
  v_reach bigint[] := '{}'; v_seen bigint[] := '{}';
  h record;
begin
  select a.display_name into v_name from app.accounts a
    where a.district_id = p_district and a.id = p_account and a.is_active;
  if not found then
    return;
  end if;
  for h in
    select u.id, u.kind, u.path, app.actions_of(g.role) as actions
    from app.grants g join app.org_units u on u.district_id = g.district_id and u.id = g.unit_id
    where g.district_id = p_district and g.account_id = p_account
  loop
    v_seen := v_seen || h.path;
    if h.kind = 'district' then
      v_actions := v_actions || h.actions;
      continue;
    end if;
    -- the node itself, or the schools that belong to the group today
    v_base := array[h.id];
    if h.kind = 'group' then
      v_today := app.today();
      v_base := array(select v.unit_id from app.org_versions v
        where v.district_id = p_district and v.group_id = h.id and v.from_on <= v_today and (v.to_on is null or v.to_on > v_today));
    end if;
    select array_agg(u.id), array_agg(p.id) into v_units, v_path
      from app.org_units u, unnest(u.path) p(id) where u.district_id = p_district and u.path && v_base;
    continue when v_units is null;
    v_reach := v_reach || v_units;
    v_seen := v_seen || v_path;
    if 'school.read' = any (h.actions) then v_read := v_read || v_units; end if;
    if 'return.fill' = any (h.actions) then v_fill := v_fill || v_units; end if;
    if 'pupils.read' = any (h.actions) then v_pupils := v_pupils || v_units; end if;
  end loop;
  if v_reach <> '{}' then
    v_today := app.today();
    v_seen := v_seen || array(select v.group_id from app.org_versions v
      where v.district_id = p_district and v.unit_id = any (v_reach) and v.group_id is not null
        and v.from_on <= v_today and (v.to_on is null or v.to_on > v_today));
  end if;
  perform set_config('app.district_id', p_district::text, true), set_config('app.account_id', p_account::text, true),
    set_config('app.account_name', v_name, true),
    set_config('app.actions', v_actions::text, true),
    set_config('app.read_units', v_read::text, true),
    set_config('app.fill_units', v_fill::text, true),
    set_config('app.pupil_units', v_pupils::text, true),
    set_config('app.seen_units', v_seen::text, true);
end $$;

-- Each entry locked its district's row, so that all who wrote one at the same time waited for each other. The policy of
-- insertion already holds an entry to the district of its actor, and a district is never removed.
alter table app.audit_events drop constraint audit_events_district_id_fkey;
