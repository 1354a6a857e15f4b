-- Live events: what a viewer may see of a battle's log as it grows. One function decides, for the event stream, for the battle's
-- document and for Realtime alike.

-- ---------------------------------------------------------------- who may see what

create function battles.hides_names(battle battles.battles, viewer_id uuid) returns boolean
language sql immutable set search_path = '' as $$
  select (battle).voting_window_ms > 0 and (battle).status not in ('closed', 'cancelled', 'void') and (battle).owner_id is distinct from viewer_id
$$;
comment on function battles.hides_names is
  'Whether this viewer must not know yet who the contenders are: a battle with a vote is blind until it is final, to everybody but its owner.';
revoke execute on function battles.hides_names from public, anon, authenticated, service_role;

create function battles.hides_answers(battle battles.battles, viewer_id uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select (battle).status in ('draft', 'published', 'executing')
    and exists (
      select from battles.contenders c
      where c.battle_id = (battle).battle_id and c.contender_type = 'human'
        and ((battle).owner_id is distinct from viewer_id or c.user_id = viewer_id))
$$;
comment on function battles.hides_answers is
  'Whether this viewer must not see the answers yet: while people contend nobody reads what there is to copy, but an owner who does not contend.';
revoke execute on function battles.hides_answers from public, anon, authenticated, service_role;

create function battles.public_event(event battles.events, battle battles.battles, viewer_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select case
    when (battle).status = 'draft' and (battle).owner_id is distinct from viewer_id then null
    when (event).type = 'contender.delta' and battles.hides_answers(battle, viewer_id) then null
    else jsonb_build_object('event_id', (event).event_id, 'type', (event).type, 'created_at', (event).created_at, 'data',
      case when not battles.hides_names(battle, viewer_id) then (event).data else (
        -- What a blind battle shows is listed; whatever an event may carry besides (a name, a provider's task id or message) is not in it.
        select coalesce(jsonb_object_agg(d.key, case when d.key = 'error' then jsonb_build_object('code', d.value -> 'code') else d.value end), '{}')
        from jsonb_each(case jsonb_typeof((event).data) when 'object' then (event).data else '{}' end) d
        where d.key in ('slot', 'text', 'offset', 'attempts', 'max_attempts', 'latency_ms', 'output_tokens', 'presentation', 'slot_order', 'outcome',
          'window_ms', 'dead_letter_id', 'error')) end)
  end
$$;
comment on function battles.public_event is
  'An event as this viewer (null: anybody) may see it now; null when they may not see that it happened. What it holds back: a draft from all but its owner, the text of answers while people contend, and who is who in a blind battle.';
revoke execute on function battles.public_event from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- the log from a place on

create function battles.fn_events_after(battle_id uuid, viewer_id uuid, after_event_id bigint default 0, most integer default 200) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  page jsonb;
begin
  -- One statement, so one snapshot: a battle that is final in it has all its events in it, because they were written with the status.
  select jsonb_build_object(
    'events', coalesce(p.shown, '[]'), 'cursor', coalesce(p.last, after_event_id), 'more', p.taken >= most, 'status', b.status,
    'ended', b.status in ('closed', 'cancelled', 'void') and p.taken < most) into page
  from battles.battles b
  cross join lateral (
    select jsonb_agg(s.shown order by s.event_id) filter (where s.shown is not null) as shown, max(s.event_id) as last, count(*) as taken
    from (
      select e.event_id, battles.public_event(e, b, viewer_id) as shown
      from battles.events e where e.battle_id = b.battle_id and e.event_id > after_event_id
      order by e.event_id limit most) s) p
  where b.battle_id = fn_events_after.battle_id and (b.status <> 'draft' or b.owner_id = viewer_id);
  return page;
end $$;
comment on function battles.fn_events_after is
  'battle-events calls it: what a viewer may see of a battle''s log after an event, oldest first, at most `most`. {events, cursor, more, status, ended}: the next read goes on at cursor, at once when more; ended when the battle is final and nothing follows. Null when there is no such battle or it is another''s draft.';
revoke execute on function battles.fn_events_after from public, anon, authenticated, service_role;
grant execute on function battles.fn_events_after to service_role;

-- Row level security decides about rows and not about what stands in them, so the log itself is not read by applications.
drop policy events_visible on battles.events;
revoke select on battles.events from anon, authenticated;

-- ---------------------------------------------------------------- Realtime

create function battles.broadcast_event() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  shown jsonb;
begin
  if pg_catalog.to_regprocedure('realtime.send(jsonb, text, text, boolean)') is null then
    return null;                                   -- a database without Realtime: the event stream reads the log
  end if;
  select battles.public_event(new, b, null) into shown from battles.battles b where b.battle_id = new.battle_id;
  if shown is not null then
    -- Named at run time, so that this file runs where the function is not.
    execute 'select realtime.send($1, $2, $3, true)' using shown, new.type, 'battle:' || new.battle_id;
  end if;
  return null;
exception when others then
  raise warning 'Agon could not broadcast event % of battle %: %', new.event_id, new.battle_id, sqlerrm;
  return null;                                     -- a broadcast is a courtesy; the battle goes on
end $$;
comment on function battles.broadcast_event is
  'Trigger: sends each event, as anybody may see it, by Realtime to the private topic battle:<battle_id>. Nothing of a draft. Without Realtime it does nothing.';
revoke execute on function battles.broadcast_event from public, anon, authenticated, service_role;
create trigger events_broadcast after insert on battles.events for each row execute function battles.broadcast_event();

do $$
begin
  if to_regclass('realtime.messages') is null or to_regprocedure('realtime.topic()') is null then
    raise notice 'no Realtime here: events are read as a stream, from the function battle-events';
    return;
  end if;
  -- Who may join battle:<id>: anybody, once the battle is public.
  execute $policy$
    create policy agon_battle_events on realtime.messages for select to anon, authenticated using (
      messages.extension = 'broadcast' and exists (
        select from battles.battles b
        where b.status <> 'draft'
          and b.battle_id = case when (select realtime.topic()) ~ '^battle:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then substr((select realtime.topic()), 8)::uuid end))
  $policy$;
end $$;
