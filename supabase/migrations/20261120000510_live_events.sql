-- Live events: a battle's log as it grows, read from a place on by the event stream, and broadcast by Realtime where there is one.

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
    perform realtime.send(shown, new.type, 'battle:' || new.battle_id, true);
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

create function battles.open_realtime_topics() returns text
language plpgsql set search_path = '' as $$
begin
  if to_regclass('realtime.messages') is null or to_regprocedure('realtime.topic()') is null then
    return 'no_realtime';
  end if;
  execute 'drop policy if exists agon_battle_events on realtime.messages';
  -- Who may join battle:<id>: anybody, once the battle is public.
  execute $policy$
    create policy agon_battle_events on realtime.messages for select to anon, authenticated using (
      messages.extension = 'broadcast' and exists (
        select from battles.battles b
        where b.status <> 'draft'
          and b.battle_id = case when (select realtime.topic()) ~ '^battle:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then substr((select realtime.topic()), 8)::uuid end))
  $policy$;
  return 'opened';
exception when insufficient_privilege then
  -- Hosted, realtime.messages is Supabase's own; its owner lets postgres write policies, but not in every session (a migration's, at times).
  raise warning 'Agon may not open its Realtime topics from here: run select battles.open_realtime_topics() in the SQL editor of the dashboard';
  return 'not_permitted';
end $$;
comment on function battles.open_realtime_topics is
  'The migration calls it, and an operator where the migration was not permitted to: the policy on realtime.messages that lets anybody join the topic of a public battle. With the caller''s rights. opened, not_permitted (a warning says what to do) or no_realtime.';
revoke execute on function battles.open_realtime_topics from public, anon, authenticated, service_role;

select battles.open_realtime_topics();
