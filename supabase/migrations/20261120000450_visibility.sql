-- Who may see what of a battle, and until when: one place for the event stream, Realtime and the battle's document.
--
-- A battle with a vote is blind until it is final: nobody but its owner knows who the contenders are. While people contend, nobody
-- reads the answers but an owner who does not contend, and cannot any more. A battle may keep its results until its owner shows them.
-- Row level security (20261120000500) says the same of rows, and less of the owner: who owns a battle reads it through the api.

create function battles.hides_names(battle battles.battles, viewer_id uuid) returns boolean
language sql immutable set search_path = '' as $$
  select (battle).voting_window_ms > 0 and (battle).status not in ('closed', 'cancelled', 'void') and (battle).owner_id is distinct from viewer_id
$$;
comment on function battles.hides_names is
  'Whether this viewer must not know yet who the contenders are: a battle with a vote is blind until it is final, to everybody but its owner.';
revoke execute on function battles.hides_names from public, anon, authenticated, service_role;

create function battles.hides_answers(battle battles.battles, viewer_id uuid) returns boolean
language plpgsql stable security definer set search_path = '' as $$
begin
  return (battle).status in ('draft', 'published', 'executing')
    and exists (
      select from battles.contenders c
      where c.battle_id = (battle).battle_id and c.contender_type = 'human'
        and ((battle).owner_id is distinct from viewer_id or c.user_id is null or c.user_id = viewer_id));
end $$;
comment on function battles.hides_answers is
  'Whether this viewer must not see the answers of others yet: while people contend nobody reads what there is to copy, but an owner who does not contend, once no seat is open that they could take.';
revoke execute on function battles.hides_answers from public, anon, authenticated, service_role;

create function battles.hides_results(battle battles.battles, viewer_id uuid) returns boolean
language sql immutable set search_path = '' as $$
  select not (battle).auto_publish_results and (battle).results_published_at is null and (battle).owner_id is distinct from viewer_id
$$;
comment on function battles.hides_results is
  'Whether this viewer must not see how the battle is decided: its owner keeps the results until fn_battles_publish_results.';
revoke execute on function battles.hides_results from public, anon, authenticated, service_role;

create function battles.public_event(event battles.events, battle battles.battles, viewer_id uuid) returns jsonb
language plpgsql stable security definer set search_path = '' as $$   -- not sql: every event of every battle passes here, and plpgsql keeps its plans
declare
  shown jsonb := (event).data;
begin
  if (battle).status = 'draft' and (battle).owner_id is distinct from viewer_id then
    return null;
  end if;
  if (event).type = 'contender.delta' and battles.hides_answers(battle, viewer_id) then
    return null;
  end if;
  if battles.hides_results(battle, viewer_id) then
    if (event).type ~ '^(judging|judge|analysis|rubric)\.' or (event).type in ('verdict.recorded', 'battle.rated', 'winner.overridden', 'votes.recounted', 'votes.weighed') then
      return null;
    elsif (event).type = 'battle.closed' then
      shown := '{}';
    end if;
  end if;
  if battles.hides_names(battle, viewer_id) then
    if (event).type = 'judge.recused' then
      return null;                                 -- it would tell whose family contends
    end if;
    if (battle).battle_type in ('human_vs_ai', 'human_vs_human') and (event).type ~ '^(contender|job)\.' then
      return null;                                 -- a person is told from a model by when and how it answers
    end if;
    -- What a blind battle shows is listed; whatever an event may carry besides (a name, a provider's task id or message) is not in it.
    select coalesce(jsonb_object_agg(d.key, case when d.key = 'error' then jsonb_build_object('code', d.value -> 'code') else d.value end), '{}') into shown
    from jsonb_each(case when jsonb_typeof(shown) = 'object' then shown else '{}' end) d
    where d.key in ('slot', 'text', 'offset', 'progress', 'attempts', 'max_attempts', 'latency_ms', 'output_tokens', 'seat', 'part', 'rubric', 'presentation', 'slot_order', 'outcome',
      'window_ms', 'ended_by', 'voters', 'added', 'removed', 'dead_letter_id', 'error');
  end if;
  return jsonb_build_object('event_id', (event).event_id, 'type', (event).type, 'data', shown, 'created_at', (event).created_at);
end $$;
comment on function battles.public_event is
  'An event as this viewer (null: anybody) may see it now; null when they may not see that it happened. What it holds back: a draft from all but its owner, the text of answers while people contend, who is who in a blind battle, and results that are not published.';
revoke execute on function battles.public_event from public, anon, authenticated, service_role;
