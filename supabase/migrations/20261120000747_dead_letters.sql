-- Dead letters of battles, of workflows' nodes and of webhooks, as an operator finds and sends them back: a page of them, and many at once.

create function lenses.is_node_letter(dead_letter_id bigint) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (select from execution.dead_letters d join execution.job_kinds k on k.kind = d.kind
    where d.dead_letter_id = is_node_letter.dead_letter_id and k.settle_owner = 'lenses.settle_buried_job')
$$;
comment on function lenses.is_node_letter is 'Whether a dead letter is of a workflow''s node, or of an errand for one.';
revoke execute on function lenses.is_node_letter from public, anon, authenticated, service_role;

create function lenses.redrive_dead_letter(dead_letter_id bigint, together bigint[]) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  dead execution.dead_letters;
  node lenses.workflow_node_results;
  run lenses.workflow_runs;
  again text[];
begin
  select d.* into dead from execution.dead_letters d where d.dead_letter_id = redrive_dead_letter.dead_letter_id;
  perform lenses.lock_root(r.run_id) from lenses.workflow_node_results r where r.result_id = dead.subject_id;
  select d.* into dead from execution.dead_letters d where d.dead_letter_id = dead.dead_letter_id;
  if dead.redriven_at is not null then
    -- By this very act, with another letter of its run: once it goes on, nothing of it can be run again.
    return case when dead.redriven_at = now() and cardinality(together) > 1 then 'redriven' else 'already_redriven' end;
  elsif dead.subject_id is null then               -- a provider that was not told of a cancelled task; no run waits for it
    return case when execution.revive(dead.job_id) then 'redriven' else 'already_redriven' end;
  end if;
  select r.* into node from lenses.workflow_node_results r where r.result_id = dead.subject_id;
  if not found then
    return 'run_gone';                             -- forgotten, or the node was run again
  end if;
  select r.* into strict run from lenses.workflow_runs r where r.run_id = node.run_id;
  if run.parent_run_id is not null then
    return 'run_is_child';
  elsif run.status not in ('failed', 'timed_out') then
    return 'run_' || run.status;
  end if;
  again := lenses.nodes_from(run.version_id, array(
    select n.node_id from execution.dead_letters d join lenses.workflow_node_results n on n.result_id = d.subject_id
    where d.dead_letter_id = any (together || dead_letter_id) and d.redriven_at is null and n.run_id = run.run_id) || lenses.left_undone(run.run_id));
  perform lenses.record_event(run.run_id, 'run.resumed', jsonb_build_object('nodes', to_jsonb(again), 'from', node.node_id));
  update execution.dead_letters d set redriven_at = now() from lenses.workflow_node_results n
  where n.run_id = run.run_id and n.node_id = any (again) and d.subject_id = n.result_id and d.redriven_at is null;
  perform lenses.reopen(run.run_id, again);
  return 'redriven';
end $$;
comment on function lenses.redrive_dead_letter is
  'What fn_redrive_dead_letter does for a workflow''s node: it and all after it are run again in their run, as other results; so are the nodes of its run among the letters that are sent back together with it. redriven; already_redriven; run_gone; run_is_child: begun by another run, which has gone on; run_<status> of one that has not failed.';
revoke execute on function lenses.redrive_dead_letter from public, anon, authenticated, service_role;

create function battles.fn_dead_letters_list(filter jsonb default '{}', most integer default 50, cursor bigint default null) returns jsonb
language sql stable security definer set search_path = '' as $$
  with page as (
    select d.*, b.battle_id, b.status, b.held_at, w.status = 'dead' and s.status = 'enabled' as deliverable, c.contender_id, c.slot, coalesce(c.model_key, g.model_key, a.model_key, n.model_key) as model,
      x.run_id, x.status as run_status, x.parent_run_id, r.node_id,
      row_number() over (order by d.dead_letter_id desc) as nth
    from execution.dead_letters d
    left join battles.contenders c on c.contender_id = d.subject_id
    left join battles.judges g on g.judge_id = d.subject_id
    left join battles.analyses a on a.analysis_id = d.subject_id
    left join webhooks.deliveries w on w.delivery_id = d.subject_id
    left join webhooks.subscriptions s on s.subscription_id = w.subscription_id
    left join battles.submissions f on f.submission_id = d.subject_id
    left join battles.battles b on b.battle_id = coalesce(c.battle_id, g.battle_id, a.battle_id, f.battle_id, w.battle_id)
    left join lenses.workflow_node_results r on r.result_id = d.subject_id
    left join lenses.workflow_runs x on x.run_id = r.run_id
    left join lenses.workflow_nodes n on n.version_id = x.version_id and n.node_id = r.node_id
    where (fn_dead_letters_list.cursor is null or d.dead_letter_id < fn_dead_letters_list.cursor)
      and case coalesce(filter ->> 'state', 'open') when 'open' then d.redriven_at is null when 'redriven' then d.redriven_at is not null else true end
      and (filter ->> 'kind' is null or d.kind = filter ->> 'kind')
      and (filter ->> 'error_code' is null or d.error_code = filter ->> 'error_code')
      and (filter ->> 'battle_id' is null or b.battle_id = (filter ->> 'battle_id')::uuid)
      and (filter ->> 'run_id' is null or x.run_id = (filter ->> 'run_id')::uuid)
      and (filter ->> 'since' is null or d.created_at >= (filter ->> 'since')::timestamptz)
    order by d.dead_letter_id desc limit fn_dead_letters_list.most + 1
  )
  select jsonb_build_object(
    'dead_letters', coalesce(jsonb_agg(jsonb_build_object(
      'dead_letter_id', p.dead_letter_id, 'job_id', p.job_id, 'kind', p.kind, 'subject_id', p.subject_id, 'battle_id', p.battle_id, 'battle_status', p.status,
      'contender_id', p.contender_id, 'slot', p.slot, 'run_id', p.run_id, 'run_status', p.run_status, 'node_id', p.node_id, 'model', p.model, 'error', jsonb_build_object('code', p.error_code, 'message', p.error_message),
      'attempts', p.attempts, 'reclaims', p.reclaims, 'payload', p.payload, 'created_at', p.created_at, 'redriven_at', p.redriven_at,
      'redrivable', p.redriven_at is null and case
        when p.kind = 'webhook_delivery' then coalesce(p.deliverable, false)
        when battles.is_kind(p.kind) then p.held_at is null
          and coalesce(p.status = 'executing' or (p.status = 'scoring' and p.kind = 'battle_judging') or (p.status = 'voting' and p.kind = 'battle_keyframes') or p.kind = 'battle_analysis', p.subject_id is null)
        when lenses.is_node_letter(p.dead_letter_id) then
          coalesce(p.run_status in ('failed', 'timed_out') and p.parent_run_id is null, p.subject_id is null)
        else false end)
      order by p.nth) filter (where p.nth <= fn_dead_letters_list.most), '[]'),
    'next_cursor', case when count(*) > fn_dead_letters_list.most then min(p.dead_letter_id) filter (where p.nth <= fn_dead_letters_list.most) end)
  from page p
$$;
comment on function battles.fn_dead_letters_list is
  'api calls it for an operator: a page of dead letters, newest first. filter: state (open, redriven or all), kind, error_code, battle_id, run_id, since. redrivable: its battle still waits for it, and is not held; or its run has failed; or its webhook is enabled, and the delivery dead. next_cursor is null on the last page.';
revoke execute on function battles.fn_dead_letters_list from public, anon, authenticated, service_role;
grant execute on function battles.fn_dead_letters_list to service_role;

create function battles.fn_redrive_dead_letters(filter jsonb default '{}', most integer default 100) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  letters bigint[];
  letter bigint;
  outcome text;
  outcomes jsonb := jsonb '{}';
  considered integer := 0;
begin
  -- It goes from battle to battle and keeps their locks, as the sweep does: one of the two at a time, or they could wait in a circle.
  perform pg_advisory_xact_lock(hashtext('execution.sweep'));
  letters := array(
    select d.dead_letter_id from execution.dead_letters d
    -- A webhook's deliveries by name alone: a receiver hears of them again, whatever became of the battle.
    where d.redriven_at is null and case when filter ->> 'kind' = 'webhook_delivery' then d.kind = 'webhook_delivery'
        else battles.is_kind(d.kind)
          or lenses.is_node_letter(d.dead_letter_id) end
      and (filter ->> 'kind' is null or d.kind = filter ->> 'kind')
      and (filter ->> 'error_code' is null or d.error_code = filter ->> 'error_code')
      and (filter ->> 'battle_id' is null
        or coalesce(battles.battle_of(d.subject_id), (select w.battle_id from webhooks.deliveries w where w.delivery_id = d.subject_id)) = (filter ->> 'battle_id')::uuid)
      and (filter ->> 'run_id' is null or exists (
        select from lenses.workflow_node_results r where r.result_id = d.subject_id and r.run_id = (filter ->> 'run_id')::uuid))
      and (filter ->> 'since' is null or d.created_at >= (filter ->> 'since')::timestamptz)
      and (filter ->> 'after' is null or d.dead_letter_id > (filter ->> 'after')::bigint)
    order by d.dead_letter_id limit most);
  foreach letter in array letters loop
    considered := considered + 1;
    begin
      outcome := case when lenses.is_node_letter(letter) then lenses.redrive_dead_letter(letter, letters) else battles.fn_redrive_dead_letter(letter) end;
    exception when others then
      -- One letter that cannot be sent back must not keep the others here.
      raise warning 'Agon could not redrive dead letter %: %', letter, sqlerrm;
      outcome := 'failed';
    end;
    outcomes := outcomes || jsonb_build_object(outcome, coalesce((outcomes ->> outcome)::integer, 0) + 1);
  end loop;
  return jsonb_build_object('outcomes', outcomes, 'considered', considered, 'next_after', case when considered = most then letter end);
end $$;
comment on function battles.fn_redrive_dead_letters is
  'An operator calls it: sends back the open dead letters of battles and of workflows'' nodes that match, oldest first, at most `most`, each by itself, those of one run together; with kind webhook_delivery those of webhooks. filter: kind, error_code, battle_id, run_id, since, after (a dead_letter_id). {outcomes: a count of each outcome of fn_redrive_dead_letter, and failed, which is a warning in the database log; considered; next_after: where the next call goes on, null at the end}.';
revoke execute on function battles.fn_redrive_dead_letters from public, anon, authenticated, service_role;
grant execute on function battles.fn_redrive_dead_letters to service_role;

create function battles.fn_battles_redrive(battle_id uuid, owner_id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  if not exists (select from battles.battles b where b.battle_id = fn_battles_redrive.battle_id and b.owner_id = fn_battles_redrive.owner_id) then
    return null;
  end if;
  return battles.fn_redrive_dead_letters(jsonb_build_object('battle_id', battle_id));
end $$;
comment on function battles.fn_battles_redrive is
  'api calls it for the owner: what fn_redrive_dead_letters does, for one battle. Null: no such battle, or a stranger''s. Again: nothing is left to send back, and nothing changes.';
revoke execute on function battles.fn_battles_redrive from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_redrive to service_role;
