-- Nodes whose provider's key lies in a browser of the run's owner (local_providers of a run): a page of the owner asks the model, as battles
-- have it (0326). The page is a driver like any other, and trusted with its owner's own nodes alone: each of these functions takes the owner's
-- id from api, and a job that is no local node of a run of that owner does not exist.

create function lenses.local_refusal(version_id uuid, local_providers text[], pinned jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('refused', 'local_execution_unsupported', 'path', '/local_providers', 'nodes', jsonb_agg(n.node_id order by n.ordinal),
    'message', string_agg(format('%s %s', n.node_id, case
      when not lenses.answered_locally(n.node_type, n.lens) then format('asks %s for what a page cannot do: only lenses of the kinds text, transform, validation and routing are answered there', n.provider)
      else 'is moderated, and a page of its owner could pass that by' end), '; ' order by n.ordinal))
  from lenses.workflow_nodes n
  where n.version_id = local_refusal.version_id and n.provider = any (local_refusal.local_providers) and not local_refusal.pinned ? n.node_id
    and (not lenses.answered_locally(n.node_type, n.lens) or coalesce(n.config ->> 'moderation', 'off') <> 'off')
  having count(*) > 0
$$;
comment on function lenses.local_refusal is 'Why a run of this version cannot leave what asks these providers to a page of its owner, with the nodes; null: it can. What the runs that it begins ask is refused when it comes to it.';
revoke execute on function lenses.local_refusal from public, anon, authenticated, service_role;

create function lenses.fn_local_claim(owner_id uuid, driver text, providers text[], most integer default 1) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  keys text[] := array(select battles.local_key(owner_id, p.name) from unnest(providers) p (name));
  claimed execution.claimed_job[] := array(select j from execution.claim_apart('local_node', driver, most, keys) j);
  jobs jsonb;
  budgeted lensers.priced_job[];
begin
  while claimed <> '{}' and exists (select from battles.battles b where b.held_at is not null) loop
    claimed := lenses.put_down_held(claimed);      -- see fn_worker_claim_workflow_nodes
    exit when claimed <> '{}';
    claimed := array(select j from execution.claim_apart('local_node', driver, most, keys) j);
  end loop;
  select jsonb_agg(jsonb_build_object(
      'lease_token', j.lease_token, 'job_id', j.job_id, 'attempts', j.attempts, 'reclaims', j.reclaims, 'max_attempts', j.max_attempts, 'kind', 'local_node', 'in_lane', false)
      || lenses.node_document(j, r, run, n) || case when coalesce(n.config ->> 'moderation', 'off') <> 'off' then jsonb_build_object('refused', jsonb_build_object(
        'code', 'local_execution_unsupported', 'message', format('%s is moderated, and a page of its owner could pass that by.', n.node_id))) else '{}' end
      order by j.position),
    array_agg((j.job_id, run.owner_id, coalesce(root.spender_id, run.root_run_id), root.budget_usd, battles.call_estimate('user_byok_local', n.cost_estimate_usd), false)::lensers.priced_job
      order by j.position) filter (where root.budget_usd is not null)
  into jobs, budgeted
  from unnest(claimed) j
  join lenses.workflow_node_results r on r.result_id = j.subject_id
  join lenses.workflow_runs run on run.run_id = r.run_id
  join lenses.workflow_runs root on root.run_id = run.root_run_id
  join lenses.workflow_nodes n on n.version_id = run.version_id and n.node_id = r.node_id;
  if budgeted is not null then
    jobs := lensers.fund_claimed(jobs, budgeted);
  end if;
  return (
    select jsonb_build_object('jobs', coalesce(jobs, '[]'), 'lease_ms', k.lease_ms, 'next_due_ms', case when jobs is null then execution.keys_due_ms(k.kind, keys) end)
    from execution.job_kinds k where k.kind = 'local_node');
end $$;
comment on function lenses.fn_local_claim is
  'api calls it for a signed-in user whose page has keys of these providers: up to `most` nodes of the user''s own runs, as fn_worker_claim_workflow_nodes tells them, each under a lease token of its own. Nobody else''s are seen, and no key is in what it answers.';
revoke execute on function lenses.fn_local_claim from public, anon, authenticated, service_role;
grant execute on function lenses.fn_local_claim to service_role;

create function lenses.local_lease(owner_id uuid, job_id bigint, lease_token bigint) returns text
language sql stable security definer set search_path = '' as $$
  select case
    when not exists (select from execution.leases l where l.lease_token = local_lease.lease_token and j.job_id = any (l.job_ids)) then 'lost'
    when j.deadline_at + interval '5 seconds' < now() then 'lost'   -- the page knows its deadline, and its clock is no measure
    else 'held' end
  from execution.jobs j
  join execution.queues q on q.queue_id = j.queue_id and q.kind = 'local_node'
  join lenses.workflow_node_results r on r.result_id = j.subject_id
  join lenses.workflow_runs run on run.run_id = r.run_id and run.owner_id = local_lease.owner_id
  where j.job_id = local_lease.job_id
$$;
comment on function lenses.local_lease is 'held, lost (reclaimed, cancelled, or its deadline is over), or null: no run of this user has such a local node.';
revoke execute on function lenses.local_lease from public, anon, authenticated, service_role;

create function lenses.fn_local_heartbeat(owner_id uuid, job_id bigint, lease_token bigint, checkpoint jsonb default null, delta jsonb default null) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  held text := coalesce(lenses.local_lease(owner_id, job_id, lease_token), 'not_found');
begin
  if held <> 'held' then
    return held;
  end if;
  if checkpoint is not null and not lenses.fn_worker_checkpoint_node(job_id, lease_token, checkpoint, delta) then
    return 'lost';
  end if;
  return case when job_id = any (execution.fn_worker_heartbeat(lease_token)) then 'held' else 'lost' end;
end $$;
comment on function lenses.fn_local_heartbeat is
  'api calls it for a user''s page every third of a lease, and about once a second while text grows, with the text so far and what is new of it (see fn_worker_checkpoint_node). held; lost: the page stops working on it; not_found.';
revoke execute on function lenses.fn_local_heartbeat from public, anon, authenticated, service_role;
grant execute on function lenses.fn_local_heartbeat to service_role;

create function lenses.fn_local_complete(owner_id uuid, job_id bigint, lease_token bigint, result jsonb) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  held text := coalesce(lenses.local_lease(owner_id, job_id, lease_token), 'not_found');
begin
  if held <> 'held' then
    return held;
  end if;
  return case when lenses.fn_worker_complete_workflow_node(job_id, lease_token, jsonb_build_object('envelope', (result -> 'envelope') - 'media', 'ports', result -> 'ports',
      'resolved_input', result -> 'resolved_input', 'input_tokens', result -> 'input_tokens', 'output_tokens', result -> 'output_tokens', 'cost_usd', result -> 'cost_usd',
      'latency_ms', result -> 'latency_ms', 'wire_model', result -> 'wire_model', 'notes', coalesce(result -> 'notes', '[]')))
    then 'recorded' else 'lost' end;
end $$;
comment on function lenses.fn_local_complete is
  'api calls it with what a node came to in a user''s page: {envelope, ports, resolved_input, usage, notes}, as any driver tells it, but for what a text is not: media, variables, an end of the run. recorded; lost: nothing changed; not_found.';
revoke execute on function lenses.fn_local_complete from public, anon, authenticated, service_role;
grant execute on function lenses.fn_local_complete to service_role;

create function lenses.fn_local_fail(owner_id uuid, job_id bigint, lease_token bigint, error jsonb, backoff_ms integer default null, notes jsonb default '[]') returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  held text := coalesce(lenses.local_lease(owner_id, job_id, lease_token), 'not_found');
begin
  if held <> 'held' then
    return held;
  end if;
  return lenses.fn_worker_fail_workflow_node(job_id, lease_token, error, backoff_ms, notes);
end $$;
comment on function lenses.fn_local_fail is
  'api calls it with how an attempt of a user''s page failed; backoff_ms null: do not try again. requeued, dead_lettered, lost (nothing changed) or not_found.';
revoke execute on function lenses.fn_local_fail from public, anon, authenticated, service_role;
grant execute on function lenses.fn_local_fail to service_role;

create function lenses.fn_local_give_back(owner_id uuid, job_id bigint, lease_token bigint) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  held text := coalesce(lenses.local_lease(owner_id, job_id, lease_token), 'not_found');
begin
  if held <> 'held' then
    return held;
  end if;
  return case when execution.fn_worker_give_back(lease_token) > 0 then 'given_back' else 'lost' end;
end $$;
comment on function lenses.fn_local_give_back is
  'api calls it for a user''s page that closes: another page of the user may take the node at once, and nothing is counted against it. given_back, lost (nothing changed) or not_found.';
revoke execute on function lenses.fn_local_give_back from public, anon, authenticated, service_role;
grant execute on function lenses.fn_local_give_back to service_role;

create function lenses.give_up_local(most integer default 100) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  overdue record;
  given_up integer := 0;
begin
  for overdue in
    select open.job_id, open.lease_token, run.root_run_id, n.node_id, n.provider
    from execution.open_jobs('local_node') open
    join execution.jobs j on j.job_id = open.job_id and j.state = 'active'
      and j.deadline_at <= now() - case when open.lease_token is null then interval '0' else interval '15 seconds' end
    join lenses.workflow_node_results r on r.result_id = j.subject_id
    join lenses.workflow_runs run on run.run_id = r.run_id
    join lenses.workflow_nodes n on n.version_id = run.version_id and n.node_id = r.node_id
    where open.lease_token is not null or not battles.holds(run.root_run_id)
    order by run.root_run_id, open.job_id limit most
  loop
    perform from lenses.workflow_runs r where r.run_id = overdue.root_run_id for update skip locked;
    continue when not found;
    begin
      if overdue.lease_token is null then
        -- A page may have taken it meanwhile; then its lease has fifteen seconds.
        continue when exists (select from execution.leases l where overdue.job_id = any (l.job_ids));
        perform execution.bury(overdue.job_id, jsonb_build_object('code', 'local_driver_missing', 'message',
          format('No page of its owner with a key of %s took %s in time.', overdue.provider, overdue.node_id)));
      else
        -- Whoever renews a lease for ever would keep the run for ever: of a page, the deadline is the end.
        continue when cardinality(execution.release(overdue.lease_token, array[overdue.job_id])) = 0;
        perform execution.bury(overdue.job_id, jsonb_build_object('code', 'deadline_exceeded', 'message', 'The page of its owner had not answered when its time was over.'));
      end if;
      given_up := given_up + 1;
    exception when others then
      raise warning 'Agon could not give up the local node of job %: %', overdue.job_id, sqlerrm;
    end;
  end loop;
  return given_up;
end $$;
comment on function lenses.give_up_local is
  'Part of fn_end_overdue_runs: nodes that no page of their owner answered in time are dead-lettered, so that a run whose owner has gone ends all the same; of a run that is held with its battle only those that a page has. Returns how many.';
revoke execute on function lenses.give_up_local from public, anon, authenticated, service_role;
