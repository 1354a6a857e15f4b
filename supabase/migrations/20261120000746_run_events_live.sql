-- A run's log as it grows, broadcast by Realtime to its owner where there is one. The event stream (battle-events) reads the log itself.

create function lenses.broadcast_events() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if pg_catalog.to_regprocedure('realtime.send(jsonb, text, text, boolean)') is null then
    return null;                                   -- a database without Realtime
  end if;
  perform realtime.send(jsonb_build_object('event_id', e.event_id, 'type', e.type, 'node_id', e.node_id, 'data', e.data, 'created_at', e.created_at),
    e.type, 'run:' || e.run_id, true)
  from (select a.* from added a order by a.event_id) e;
  return null;
exception when others then
  raise warning 'Agon could not broadcast events of a run: %', sqlerrm;
  return null;                                     -- a broadcast is a courtesy; the run goes on
end $$;
comment on function lenses.broadcast_events is
  'Trigger: sends what a statement adds to runs'' logs by Realtime to the private topics run:<run_id>. Once a statement and not a row: a wide graph adds a thousand at once. Without Realtime it does nothing.';
revoke execute on function lenses.broadcast_events from public, anon, authenticated, service_role;
create trigger workflow_run_events_broadcast after insert on lenses.workflow_run_events referencing new table as added
  for each statement execute function lenses.broadcast_events();

create function lenses.owns_topic(topic text, viewer_id uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from lenses.workflow_runs r
    where r.owner_id = owns_topic.viewer_id
      and r.run_id = case when owns_topic.topic ~ '^run:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then substr(owns_topic.topic, 5)::uuid end)
$$;
comment on function lenses.owns_topic is 'Whether a topic is that of a run of this person. The policy of Realtime asks it, with the joining user''s rights, which reach no table of this schema.';
revoke execute on function lenses.owns_topic from public, anon, authenticated, service_role;

create function lenses.open_realtime_topics() returns text
language plpgsql set search_path = '' as $$
begin
  if to_regclass('realtime.messages') is null or to_regprocedure('realtime.topic()') is null then
    return 'no_realtime';
  end if;
  -- Only where there is a policy that asks it. Nobody calls it over HTTP: this schema is open to no application.
  grant execute on function lenses.owns_topic to authenticated;
  execute 'drop policy if exists agon_run_events on realtime.messages';
  execute $policy$
    create policy agon_run_events on realtime.messages for select to authenticated using (
      messages.extension = 'broadcast' and lenses.owns_topic((select realtime.topic()), (select auth.uid())))
  $policy$;
  return 'opened';
exception when insufficient_privilege then
  raise warning 'Agon may not open its Realtime topics of runs from here: run select lenses.open_realtime_topics() in the SQL editor of the dashboard';
  return 'not_permitted';
end $$;
comment on function lenses.open_realtime_topics is
  'The migration calls it, and an operator where the migration was not permitted to: the policy on realtime.messages that lets a run''s owner join its topic. As battles.open_realtime_topics.';
revoke execute on function lenses.open_realtime_topics from public, anon, authenticated, service_role;

select lenses.open_realtime_topics();
