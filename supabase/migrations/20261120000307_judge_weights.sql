-- What was learned of judges: how often each is right on pairs whose better side is known, and what its word weighs by that. A battle
-- takes the weight when it is made and keeps it in battles.judges: what is learned afterwards moves no battle.

create table battles.judge_weights (
  owner_id uuid not null,
  model_key text not null check (char_length(model_key) between 1 and 200),
  weight numeric(6, 3) not null check (weight >= 0),
  accuracy numeric(5, 4) not null check (accuracy between 0 and 1),
  gold_pairs integer not null check (gold_pairs > 0),
  learned_at timestamptz not null default now(),
  primary key (owner_id, model_key)
);
comment on table battles.judge_weights is
  'What each owner has learned of judges, from gold pairs: accuracy is how often one of a judge''s calls is right, weight what its word counts for beside the others'' by that; 0: no better than a coin. A judge of a new battle with the weight "learned" gets it.';

create function battles.fn_judge_weights_list(owner_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('model', w.model_key, 'weight', w.weight, 'accuracy', w.accuracy, 'gold_pairs', w.gold_pairs,
    'learned_at', w.learned_at) order by w.weight desc, w.model_key), '[]')
  from battles.judge_weights w where w.owner_id = fn_judge_weights_list.owner_id
$$;
comment on function battles.fn_judge_weights_list is 'api calls it for a user: what they have learned of judges, the weightiest first.';
revoke execute on function battles.fn_judge_weights_list from public, anon, authenticated, service_role;
grant execute on function battles.fn_judge_weights_list to service_role;

create function battles.fn_judge_weights_set(owner_id uuid, weights jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  delete from battles.judge_weights w
  where w.owner_id = fn_judge_weights_set.owner_id and not exists (select from jsonb_array_elements(weights) x where x.value ->> 'model' = w.model_key);
  insert into battles.judge_weights as w (owner_id, model_key, weight, accuracy, gold_pairs)
  select owner_id, x.model, x.weight, x.accuracy, x.gold_pairs
  from jsonb_to_recordset(weights) x (model text, weight numeric, accuracy numeric, gold_pairs integer) order by x.model
  on conflict on constraint judge_weights_pkey do update set weight = excluded.weight, accuracy = excluded.accuracy, gold_pairs = excluded.gold_pairs, learned_at = now()
  where (w.weight, w.accuracy, w.gold_pairs) is distinct from (excluded.weight, excluded.accuracy, excluded.gold_pairs);
  return battles.fn_judge_weights_list(owner_id);
end $$;
comment on function battles.fn_judge_weights_set is
  'api calls it for a user: what they have learned of judges, all of it ([{model, weight, accuracy, gold_pairs}]); who is not named is forgotten, and what is the same keeps its learned_at. Returns what fn_judge_weights_list does.';
revoke execute on function battles.fn_judge_weights_set from public, anon, authenticated, service_role;
grant execute on function battles.fn_judge_weights_set to service_role;

create function battles.with_learned_weights(owner_id uuid, judges jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(case when j.value ->> 'weight' = 'learned' then j.value || jsonb_build_object('weight', w.weight) else j.value end order by j.ordinality), '[]')
  from jsonb_array_elements(judges) with ordinality j
  left join battles.judge_weights w on w.owner_id = with_learned_weights.owner_id and w.model_key = j.value ->> 'model_key'
$$;
comment on function battles.with_learned_weights is 'The judges of a new battle, those with the weight "learned" with what their owner has learned of them; null where that is nothing.';
revoke execute on function battles.with_learned_weights from public, anon, authenticated, service_role;

create function battles.weight_refusal(judges jsonb) returns jsonb
language sql immutable set search_path = '' as $$
  select case
    when u.nth is not null then jsonb_build_object('refused', 'judge_weight_unlearned', 'path', '/judges/' || u.nth - 1 || '/weight',
      'message', format('You have learned no weight of %s', u.model_key))
    when jsonb_array_length(judges) > 0 and not exists (
      select from jsonb_array_elements(judges) j where nullif(j.value -> 'recused', 'null') is null and coalesce((j.value ->> 'weight')::numeric, 1) > 0)
      then jsonb_build_object('refused', 'judges_weightless', 'path', '/judges',
        'message', 'No judge that is asked weighs more than 0: expected a weight above 0 for at least one judge') end
  from (select) only_row
  left join lateral (
    select j.ordinality as nth, j.value ->> 'model_key' as model_key from jsonb_array_elements(judges) with ordinality j
    where j.value -> 'weight' = 'null' order by j.ordinality limit 1) u on true
$$;
comment on function battles.weight_refusal is
  'Why the judges of a new battle cannot be weighed as is asked for: nothing was learned of one (judge_weight_unlearned), or those who are asked weigh nothing (judges_weightless). {refused, path, message}, or null.';
revoke execute on function battles.weight_refusal from public, anon, authenticated, service_role;
