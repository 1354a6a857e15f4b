-- Lenses as people keep them: saved as versions, published, forked, looked at. A lens belongs to its owner; of a public one anybody
-- signed in sees, runs and forks what is published. Whoever may not see it is told that there is none.

create function lenses.sets_tags(entity_id uuid, tags jsonb, kind text default null) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  if tags is not null then
    delete from content.tag_map m where m.entity_id = sets_tags.entity_id and m.tag not like 'kind:%';
    insert into content.tag_map (entity_id, tag) select entity_id, t from jsonb_array_elements_text(tags) t where t not like 'kind:%' on conflict do nothing;
  end if;
  if kind is not null then
    delete from content.tag_map m where m.entity_id = sets_tags.entity_id and m.tag like 'kind:%' and m.tag <> 'kind:' || kind;
    insert into content.tag_map (entity_id, tag) values (entity_id, 'kind:' || kind) on conflict do nothing;
  end if;
end $$;
comment on function lenses.sets_tags is 'What is given in place of what was: tags (null: they stay), and the kind of a lens''s latest version.';
revoke execute on function lenses.sets_tags from public, anon, authenticated, service_role;

create function lenses.tags_of(entity_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(m.tag order by m.tag), '[]') from content.tag_map m where m.entity_id = tags_of.entity_id
$$;
comment on function lenses.tags_of is 'The tags of a lens or a workflow, in order.';
revoke execute on function lenses.tags_of from public, anon, authenticated, service_role;

create function lenses.store_lens_version(lens_id uuid, lens jsonb) returns lenses.versions
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  said jsonb := lens -> 'document';
  latest lenses.versions;
  stored lenses.versions;
begin
  -- The caller holds the lens's row.
  select v.* into latest from lenses.versions v where v.lens_id = store_lens_version.lens_id order by v.number desc limit 1;
  if latest.content_hash = lens ->> 'content_hash' then
    return latest;
  end if;
  insert into lenses.versions (lens_id, number, kind, template, system_prompt, model_key, max_tokens, temperature, input_contract, output_contract, content_hash, note)
  values (lens_id, coalesce(latest.number, 0) + 1, (said ->> 'kind')::lenses.lens_kind, said ->> 'template', said ->> 'system_prompt', said ->> 'model_key',
    (said ->> 'max_tokens')::integer, (said ->> 'temperature')::real, coalesce(said -> 'input_contract', '{}'), said -> 'output_contract', lens ->> 'content_hash',
    coalesce(lens ->> 'note', ''))
  returning * into stored;
  perform lenses.sets_tags(lens_id, null, stored.kind::text);
  return stored;
end $$;
comment on function lenses.store_lens_version is 'The lens''s next version, or its latest when that says the same.';
revoke execute on function lenses.store_lens_version from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- who sees what

create function lenses.shows_lens(lens lenses.lenses, version lenses.versions, viewer_id uuid) returns boolean
language sql immutable set search_path = '' as $$
  select (lens).owner_id = viewer_id or (lens).archived_at is null and (lens).visibility = 'public' and (version).published_at is not null
$$;
comment on function lenses.shows_lens is 'Whether a viewer sees this version: the owner sees all, others what is published of a public lens.';
revoke execute on function lenses.shows_lens from public, anon, authenticated, service_role;

create function lenses.seen_version(lens_id uuid, viewer_id uuid, number integer default null) returns lenses.versions
language sql stable security definer set search_path = '' as $$
  select v.* from lenses.lenses l join lenses.versions v on v.lens_id = l.lens_id
  where l.lens_id = seen_version.lens_id and (seen_version.number is null or v.number = seen_version.number) and lenses.shows_lens(l, v, seen_version.viewer_id)
  order by v.number desc limit 1
$$;
comment on function lenses.seen_version is 'The version of that number, or the latest, that this viewer sees; null: there is none.';
revoke execute on function lenses.seen_version from public, anon, authenticated, service_role;

create function lenses.lens_document(version lenses.versions) returns jsonb
language sql immutable set search_path = '' as $$
  select jsonb_strip_nulls(jsonb_build_object('kind', (version).kind, 'template', (version).template, 'system_prompt', (version).system_prompt, 'model_key', (version).model_key,
      'max_tokens', (version).max_tokens, 'temperature', (version).temperature))
    || case when (version).input_contract <> '{}' then jsonb_build_object('input_contract', (version).input_contract) else '{}' end
    || case when (version).output_contract is not null then jsonb_build_object('output_contract', (version).output_contract) else '{}' end
$$;
comment on function lenses.lens_document is 'A version as the document it was saved from, without what it left out.';
revoke execute on function lenses.lens_document from public, anon, authenticated, service_role;

create function lenses.lens_shown(lens lenses.lenses, version lenses.versions, viewer_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('lens_id', (lens).lens_id, 'title', (lens).title, 'description', (lens).description, 'visibility', (lens).visibility,
    'yours', coalesce((lens).owner_id = viewer_id, false), 'tags', lenses.tags_of((lens).lens_id), 'kind', (version).kind,
    'version_id', (version).version_id, 'number', (version).number, 'note', (version).note, 'published_at', (version).published_at, 'model', (version).model_key,
    'forked_from_version_id', (lens).forked_from_version_id, 'created_at', (lens).created_at, 'saved_at', (version).created_at, 'archived_at', (lens).archived_at)
$$;
comment on function lenses.lens_shown is 'A lens at one of its versions, without what that says.';
revoke execute on function lenses.lens_shown from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- what api calls

create function lenses.fn_lenses_get(lens_id uuid, viewer_id uuid, number integer default null) returns jsonb
language sql stable security definer set search_path = '' as $$
  select lenses.lens_shown(l, v, fn_lenses_get.viewer_id) || jsonb_build_object('document', lenses.lens_document(v))
  from lenses.seen_version(fn_lenses_get.lens_id, fn_lenses_get.viewer_id, fn_lenses_get.number) v join lenses.lenses l on l.lens_id = v.lens_id
$$;
comment on function lenses.fn_lenses_get is 'api calls it: a lens at the version of that number, or at the latest this viewer sees, with its document; null: they see none.';
revoke execute on function lenses.fn_lenses_get from public, anon, authenticated, service_role;
grant execute on function lenses.fn_lenses_get to service_role;

create function lenses.fn_lenses_create(owner_id uuid, lens jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  made uuid;
begin
  insert into lenses.lenses (owner_id, title, description, forked_from_version_id)
  values (owner_id, lens ->> 'title', coalesce(lens ->> 'description', ''), (lens ->> 'forked_from_version_id')::uuid)
  returning lens_id into made;
  perform lenses.store_lens_version(made, lens);
  perform lenses.sets_tags(made, lens -> 'tags');
  return lenses.fn_lenses_get(made, owner_id);
end $$;
comment on function lenses.fn_lenses_create is 'api calls it with a checked lens: {title, description, tags, note, document, content_hash}. The lens at its first version, private.';
revoke execute on function lenses.fn_lenses_create from public, anon, authenticated, service_role;
grant execute on function lenses.fn_lenses_create to service_role;

create function lenses.fn_lenses_save(lens_id uuid, owner_id uuid, lens jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  update lenses.lenses l set title = coalesce(lens ->> 'title', l.title), description = coalesce(lens ->> 'description', l.description),
    visibility = coalesce((lens ->> 'visibility')::lenses.visibility, l.visibility)
  where l.lens_id = fn_lenses_save.lens_id and l.owner_id = fn_lenses_save.owner_id and l.archived_at is null;
  if not found then
    return jsonb_build_object('refused', 'not_found');
  end if;
  if lens ? 'document' then
    perform lenses.store_lens_version(lens_id, lens);
  end if;
  perform lenses.sets_tags(lens_id, lens -> 'tags');
  return lenses.fn_lenses_get(lens_id, owner_id);
end $$;
comment on function lenses.fn_lenses_save is
  'api calls it for a lens''s owner, with what is to change: a document makes the next version, or none when the latest says the same. The lens at its latest version, or {refused: not_found}.';
revoke execute on function lenses.fn_lenses_save from public, anon, authenticated, service_role;
grant execute on function lenses.fn_lenses_save to service_role;

create function lenses.fn_lenses_list(viewer_id uuid, filter jsonb default '{}', most integer default 20, cursor text default null) returns jsonb
language sql stable security definer set search_path = '' as $$
  with page as (
    select l, v, l.created_at || '_' || l.lens_id as place, row_number() over (order by l.created_at desc, l.lens_id desc) as nth
    from lenses.lenses l cross join lateral lenses.seen_version(l.lens_id, fn_lenses_list.viewer_id) v
    where v.version_id is not null and l.archived_at is null
      and (not coalesce((filter ->> 'mine')::boolean, false) or l.owner_id = fn_lenses_list.viewer_id)
      and (filter ->> 'kind' is null or v.kind = (filter ->> 'kind')::lenses.lens_kind)
      and (filter ->> 'tag' is null or exists (select from content.tag_map m where m.entity_id = l.lens_id and m.tag = filter ->> 'tag'))
      and (filter ->> 'search' is null or strpos(lower(l.title || ' ' || l.description), lower(filter ->> 'search')) > 0)
      and (fn_lenses_list.cursor is null
        or (l.created_at, l.lens_id) < (split_part(fn_lenses_list.cursor, '_', 1)::timestamptz, split_part(fn_lenses_list.cursor, '_', 2)::uuid))
    order by l.created_at desc, l.lens_id desc limit fn_lenses_list.most + 1)
  select jsonb_build_object(
    'lenses', coalesce(jsonb_agg(lenses.lens_shown(p.l, p.v, fn_lenses_list.viewer_id) order by p.nth) filter (where p.nth <= fn_lenses_list.most), '[]'),
    'next_cursor', case when count(*) > fn_lenses_list.most then max(p.place) filter (where p.nth = fn_lenses_list.most) end)
  from page p
$$;
comment on function lenses.fn_lenses_list is
  'api calls it: a page of the lenses this viewer sees, each at the latest version they see, newest first. filter: mine, kind, tag, search. next_cursor is null on the last page.';
revoke execute on function lenses.fn_lenses_list from public, anon, authenticated, service_role;
grant execute on function lenses.fn_lenses_list to service_role;

create function lenses.fn_lenses_versions(lens_id uuid, viewer_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_agg(jsonb_build_object('version_id', v.version_id, 'number', v.number, 'kind', v.kind, 'model', v.model_key, 'note', v.note,
    'created_at', v.created_at, 'published_at', v.published_at) order by v.number desc)
  from lenses.lenses l join lenses.versions v on v.lens_id = l.lens_id
  where l.lens_id = fn_lenses_versions.lens_id and lenses.shows_lens(l, v, fn_lenses_versions.viewer_id)
$$;
comment on function lenses.fn_lenses_versions is 'api calls it: the versions of a lens that this viewer sees, newest first; null: they see none.';
revoke execute on function lenses.fn_lenses_versions from public, anon, authenticated, service_role;
grant execute on function lenses.fn_lenses_versions to service_role;

create function lenses.fn_lenses_publish(lens_id uuid, owner_id uuid, number integer default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  version lenses.versions := lenses.seen_version(lens_id, owner_id, number);
begin
  update lenses.lenses l set visibility = 'public'
  where l.lens_id = version.lens_id and l.owner_id = fn_lenses_publish.owner_id and l.archived_at is null;
  if not found then
    return null;
  end if;
  update lenses.versions v set published_at = coalesce(v.published_at, now()) where v.version_id = version.version_id;
  return lenses.fn_lenses_get(lens_id, owner_id, version.number);
end $$;
comment on function lenses.fn_lenses_publish is 'api calls it for a lens''s owner: anybody may see, run and fork that version from now on, or the latest. Null: theirs is none of that id and number.';
revoke execute on function lenses.fn_lenses_publish from public, anon, authenticated, service_role;
grant execute on function lenses.fn_lenses_publish to service_role;

create function lenses.fn_lenses_fork(lens_id uuid, owner_id uuid, fork jsonb default '{}') returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  version lenses.versions := lenses.seen_version(lens_id, owner_id, (fork ->> 'number')::integer);
  original lenses.lenses;
begin
  select l.* into original from lenses.lenses l where l.lens_id = version.lens_id;
  if not found then
    return null;
  end if;
  return lenses.fn_lenses_create(owner_id, jsonb_build_object('title', coalesce(fork ->> 'title', original.title), 'description', original.description,
    'tags', lenses.tags_of(lens_id), 'forked_from_version_id', version.version_id, 'document', lenses.lens_document(version), 'content_hash', version.content_hash));
end $$;
comment on function lenses.fn_lenses_fork is 'api calls it for whoever sees a lens: a lens of their own that begins where that version is. fork: number, title. Null: they see none.';
revoke execute on function lenses.fn_lenses_fork from public, anon, authenticated, service_role;
grant execute on function lenses.fn_lenses_fork to service_role;

create function lenses.fn_lenses_archive(lens_id uuid, owner_id uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  update lenses.lenses l set archived_at = coalesce(l.archived_at, now()) where l.lens_id = fn_lenses_archive.lens_id and l.owner_id = fn_lenses_archive.owner_id;
  return found;
end $$;
comment on function lenses.fn_lenses_archive is
  'api calls it for a lens''s owner: it is in no list any more, and nobody else sees it. What workflows hold of it, and what ran, stays. False: theirs is none of that id.';
revoke execute on function lenses.fn_lenses_archive from public, anon, authenticated, service_role;
grant execute on function lenses.fn_lenses_archive to service_role;
