-- Workflows as they are saved: api compiles and checks a document, and what it compiled to is stored here, whole, as a version.

create function lenses.store_version(workflow_id uuid, compiled jsonb, note text default '') returns uuid
language plpgsql security definer set search_path = '' set enable_nestloop = off set enable_hashjoin = on as $$
#variable_conflict use_variable
declare
  stored uuid;
begin
  -- The caller holds the workflow's row. The same content as the latest is that version.
  if workflow_id is null then
    select v.version_id into stored from lenses.workflow_versions v where v.workflow_id is null and v.content_hash = compiled ->> 'content_hash';
  else
    select v.version_id into stored from lenses.workflow_versions v
    where v.workflow_id = store_version.workflow_id and v.content_hash = compiled ->> 'content_hash'
      and v.number = (select max(x.number) from lenses.workflow_versions x where x.workflow_id = store_version.workflow_id);
  end if;
  if stored is not null then
    return stored;
  end if;
  insert into lenses.workflow_versions (workflow_id, number, content_hash, document, scheduling, max_in_flight, timeout_ms, budget_usd, output_node_id, capabilities, note)
  values (workflow_id,
    case when workflow_id is not null then 1 + coalesce((select max(v.number) from lenses.workflow_versions v where v.workflow_id = store_version.workflow_id), 0) end,
    compiled ->> 'content_hash', coalesce(compiled -> 'document', '{}'), coalesce(compiled ->> 'scheduling', 'waves'), coalesce((compiled ->> 'max_in_flight')::integer, 10),
    (compiled ->> 'timeout_ms')::bigint, (compiled ->> 'budget_usd')::numeric, compiled ->> 'output_node_id',
    array(select jsonb_array_elements_text(coalesce(compiled -> 'capabilities', '[]'))), store_version.note)
  on conflict do nothing
  returning version_id into stored;
  if stored is null then                           -- somebody else has just made the nested version
    select v.version_id into strict stored from lenses.workflow_versions v where v.workflow_id is null and v.content_hash = compiled ->> 'content_hash';
    return stored;
  end if;
  insert into lenses.workflow_nodes (version_id, node_id, ordinal, node_type, label, config, lens, lens_version_id, job_kind, join_policy, on_parent_failure, wave, edges_in,
    deadline_group, deadline_ms, max_attempts, side_effects, model_key, provider, concurrency_key, concurrency_limit, limit_key, funding_source, cost_estimate_usd, simulated,
    credential_id, credential_provider)
  select stored, n.node_id, n.ordinal, n.node_type, coalesce(n.label, n.node_id), coalesce(n.config, '{}'), nullif(n.lens, 'null'), n.lens_version_id, n.job_kind,
    coalesce(n.join_policy, 'all'), coalesce(n.on_parent_failure, 'skip'), n.wave, n.edges_in, n.deadline_group, n.deadline_ms, coalesce(n.max_attempts, 1),
    coalesce(n.side_effects, false), n.model_key, n.provider, n.concurrency_key, n.concurrency_limit, n.limit_key, n.funding_source, n.cost_estimate_usd,
    coalesce(n.simulated, false), n.credential_id, n.credential_provider
  from jsonb_populate_recordset(null::lenses.workflow_nodes, compiled -> 'nodes') n;
  insert into lenses.workflow_edges (version_id, ordinal, source_node_id, source_port, source_output_key, target_node_id, target_param_label, merge_strategy, condition)
  select stored, e.ordinal, e.source_node_id, coalesce(e.source_port, 'output'), coalesce(e.source_output_key, 'output'), e.target_node_id, coalesce(e.target_param_label, 'input'),
    e.merge_strategy, nullif(e.condition, 'null')
  from jsonb_populate_recordset(null::lenses.workflow_edges, compiled -> 'edges') e;
  -- A run ends because every edge leads on, and a node is decided because somebody counted its edges right.
  if exists (
    select from lenses.workflow_edges e join lenses.workflow_nodes s on s.version_id = stored and s.node_id = e.source_node_id
    join lenses.workflow_nodes t on t.version_id = stored and t.node_id = e.target_node_id
    where e.version_id = stored and s.wave >= t.wave) then
    raise exception 'an edge of this workflow does not lead to a later wave: it has a cycle, or was compiled wrongly' using errcode = 'check_violation';
  elsif exists (
    select from lenses.workflow_nodes n left join (
      select e.target_node_id, count(*) as edges from lenses.workflow_edges e where e.version_id = stored and e.source_port <> '@settled' group by 1) c on c.target_node_id = n.node_id
    where n.version_id = stored and n.edges_in <> coalesce(c.edges, 0)) then
    raise exception 'edges_in of a node is not the number of edges that bring it something' using errcode = 'check_violation';
  end if;
  return stored;
end $$;
comment on function lenses.store_version is
  'Writes a compiled document down as a version: the workflow''s next, or without one the version of that content. Its id, also when it was there already.';
revoke execute on function lenses.store_version from public, anon, authenticated, service_role;

create function lenses.fn_versions_store_nested(compiled jsonb) returns uuid
language sql security definer set search_path = '' as $$
  select lenses.store_version(null, fn_versions_store_nested.compiled)
$$;
comment on function lenses.fn_versions_store_nested is 'api calls it: the version of what a lens alone, or the body of a loop, compiles to; made when it is new.';
revoke execute on function lenses.fn_versions_store_nested from public, anon, authenticated, service_role;
grant execute on function lenses.fn_versions_store_nested to service_role;

create function lenses.fn_workflows_create(owner_id uuid, workflow jsonb, compiled jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  made uuid;
begin
  insert into lenses.workflows (owner_id, title, description, visibility, forked_from_version_id)
  values (owner_id, workflow ->> 'title', coalesce(workflow ->> 'description', ''), coalesce((workflow ->> 'visibility')::lenses.visibility, 'private'),
    (workflow ->> 'forked_from_version_id')::uuid)
  returning workflow_id into made;
  perform lenses.sets_tags(made, workflow -> 'tags');
  return jsonb_build_object('workflow_id', made, 'version_id', lenses.store_version(made, compiled, coalesce(workflow ->> 'note', '')), 'number', 1);
end $$;
comment on function lenses.fn_workflows_create is 'api calls it with a checked document and what it compiled to: {workflow_id, version_id, number}.';
revoke execute on function lenses.fn_workflows_create from public, anon, authenticated, service_role;
grant execute on function lenses.fn_workflows_create to service_role;

create function lenses.fn_workflows_save(workflow_id uuid, owner_id uuid, workflow jsonb, compiled jsonb default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  saved uuid;
begin
  update lenses.workflows w set title = coalesce(workflow ->> 'title', w.title), description = coalesce(workflow ->> 'description', w.description),
    visibility = coalesce((workflow ->> 'visibility')::lenses.visibility, w.visibility)
  where w.workflow_id = fn_workflows_save.workflow_id and w.owner_id = fn_workflows_save.owner_id and w.archived_at is null;
  if not found then
    return jsonb_build_object('refused', 'not_found');
  end if;
  if compiled is null then
    select v.version_id into strict saved from lenses.workflow_versions v where v.workflow_id = fn_workflows_save.workflow_id order by v.number desc limit 1;
  else
    saved := lenses.store_version(workflow_id, compiled, coalesce(workflow ->> 'note', ''));
  end if;
  perform lenses.sets_tags(workflow_id, workflow -> 'tags');
  return (select jsonb_build_object('workflow_id', v.workflow_id, 'version_id', v.version_id, 'number', v.number) from lenses.workflow_versions v where v.version_id = saved);
end $$;
comment on function lenses.fn_workflows_save is 'api calls it for a workflow''s owner: the next version, or the latest when nothing has changed or nothing compiled is given. {workflow_id, version_id, number}, or {refused: not_found}.';
revoke execute on function lenses.fn_workflows_save from public, anon, authenticated, service_role;
grant execute on function lenses.fn_workflows_save to service_role;
