-- What happens to an owner's workflow runs, told to the owner's webhooks as what happens to battles is. The events of a run itself leave, and of
-- runs that somebody began: a loop of a thousand items is one run to its owner, and its nodes are for the event stream.

create function webhooks.fan_out_run() returns trigger
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  run lenses.workflow_runs;
  subscription webhooks.subscriptions;
begin
  select r.* into run from lenses.workflow_runs r where r.run_id = new.run_id and r.parent_run_id is null;
  if not found then
    return null;
  end if;
  for subscription in
    select s.* from webhooks.subscriptions s
    where s.owner_id = run.owner_id and s.status = 'enabled' and s.event_types && array[new.type, 'run.*', '*']
    order by s.subscription_id for key share of s
  loop
    perform webhooks.add_delivery(subscription, new.type,
      webhooks.payload_of(new.type, new.created_at, jsonb_build_object('run_id', run.run_id, 'workflow_id', run.workflow_id, 'event_id', new.event_id)
        || case when new.data #>> '{error,code}' is null then '{}' else jsonb_build_object('error_code', new.data #> '{error,code}') end),
      new.event_id, null, run.run_id);
  end loop;
  return null;
end $$;
comment on function webhooks.fan_out_run is
  'Trigger of lenses.workflow_run_events: one delivery for every enabled subscription of the run''s owner that asks for the type. Inputs and outputs stay here: the receiver asks for the run.';
revoke execute on function webhooks.fan_out_run from public, anon, authenticated, service_role;
create trigger run_events_fan_out after insert on lenses.workflow_run_events
  for each row when (new.type like 'run.%') execute function webhooks.fan_out_run();
