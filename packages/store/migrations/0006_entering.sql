-- The same reach as before, found in small steps: one large statement spent most of its time on being set up, at every
-- request of everybody.

-- Finds the account's roles and sets what they reach, for this transaction only. A closed or unknown account gets
-- nothing: every policy then says no.
create or replace function app.enter(p_district integer, p_account bigint) returns void
language plpgsql security definer set search_path = '' as $$
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
    set_config('app.actions', coalesce((select array_agg(distinct x)::text from unnest(v_actions) x), ''), true),
    set_config('app.read_units', coalesce((select array_agg(distinct x)::text from unnest(v_read) x), ''), true),
    set_config('app.fill_units', coalesce((select array_agg(distinct x)::text from unnest(v_fill) x), ''), true),
    set_config('app.pupil_units', coalesce((select array_agg(distinct x)::text from unnest(v_pupils) x), ''), true),
    set_config('app.seen_units', coalesce((select array_agg(distinct x)::text from unnest(v_seen) x), ''), true);
end $$;
