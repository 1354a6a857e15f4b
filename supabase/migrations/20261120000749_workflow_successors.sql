-- A node that unlocks one other hands its driver over to it: one call, one commit, nobody woken.

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
