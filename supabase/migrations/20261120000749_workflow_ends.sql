-- What a driver saves calls and commits by. A run's ends are told one after the other, under its root's lock and until each is on disk: so
-- ends that have gathered are told together, and a node that unlocks one other hands its driver over to it.

create function lenses.fn_worker_complete_workflow_nodes(ends jsonb) returns jsonb
language plpgsql security definer
set search_path = '' set jit = off set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  one record;
  run_ids uuid[];
  recorded bigint[] := '{}';
  id uuid;
begin
  perform lenses.lock_job_owners(array(select (e.value ->> 'job_id')::bigint from jsonb_array_elements(ends) e));
  run_ids := array(
    select n.run_id from jsonb_array_elements(ends) with ordinality e
    join execution.jobs j on j.job_id = (e.value ->> 'job_id')::bigint join lenses.workflow_node_results n on n.result_id = j.subject_id
    group by n.run_id order by min(e.ordinality));
  -- Two trees may be two owners', whose shares everybody locks one at a time.
  if (select count(distinct r.root_run_id) from lenses.workflow_runs r where r.run_id = any (run_ids)) > 1 then
    raise exception 'nodes that end together are of one tree of runs' using errcode = 'invalid_parameter_value';
  end if;
  perform set_config('agon.launch_later', array_to_string(run_ids, ','), true);
  for one in select (e.value ->> 'job_id')::bigint as job_id, (e.value ->> 'lease_token')::bigint as lease_token, e.value -> 'result' as result
    from jsonb_array_elements(ends) with ordinality e order by e.ordinality loop
    if lenses.fn_worker_complete_workflow_node(one.job_id, one.lease_token, one.result) then
      recorded := recorded || one.job_id;
    end if;
  end loop;
  perform set_config('agon.launch_later', '', true);
  foreach id in array run_ids loop
    perform lenses.launch(id);
  end loop;
  return to_jsonb(recorded);
end $$;
comment on function lenses.fn_worker_complete_workflow_nodes is
  'fn_worker_complete_workflow_node for several nodes of one tree of runs, [{job_id, lease_token, result}], in one transaction; what they unlock begins when all of them are told. Returns the jobs recorded; an id left out had lost its lease. An error records none of them.';
revoke execute on function lenses.fn_worker_complete_workflow_nodes from public, anon, authenticated, service_role;
grant execute on function lenses.fn_worker_complete_workflow_nodes to service_role;

create function lenses.fn_worker_go_on_from_node(job_id bigint, lease_token bigint, result jsonb, kind text, driver text) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  recorded boolean;
  has_successor boolean;
  next jsonb;
begin
  perform set_config('agon.successor', kind, true);
  recorded := lenses.fn_worker_complete_workflow_node(job_id, lease_token, result);
  has_successor := current_setting('agon.successor', true) = '';
  perform set_config('agon.successor', '', true);
  if has_successor then
    next := lenses.fn_worker_claim_workflow_nodes(kind, driver, 1);
    -- An older job may have come first: then somebody has to be told of the successor after all.
    if execution.has_ready(kind) then
      perform execution.announce(kind);
    end if;
  end if;
  return jsonb_build_object('recorded', recorded, 'next', coalesce(next, execution.claim_document(kind, null)));
end $$;
comment on function lenses.fn_worker_go_on_from_node is
  'fn_worker_complete_workflow_node, and where exactly one node of that kind may run by it, a claim of one in the same transaction instead of a wake: {recorded, next}.';
revoke execute on function lenses.fn_worker_go_on_from_node from public, anon, authenticated, service_role;
grant execute on function lenses.fn_worker_go_on_from_node to service_role;
