-- Workflows as people keep them: looked at, published, forked, put away. Who sees what is as of lenses (0712). A version compiled for one
-- owner carries their connections and the prices of its day, so a fork is compiled anew: api reads the document and creates from it.

create function lenses.shows_workflow(workflow lenses.workflows, version lenses.workflow_versions, viewer_id uuid) returns boolean
language sql immutable set search_path = '' as $$
  select (workflow).owner_id = viewer_id or (workflow).archived_at is null and (workflow).visibility = 'public' and (version).published_at is not null
$$;
comment on function lenses.shows_workflow is 'Whether a viewer sees this version, as lenses.shows_lens.';
revoke execute on function lenses.shows_workflow from public, anon, authenticated, service_role;

create function lenses.seen_workflow_version(workflow_id uuid, viewer_id uuid, number integer default null) returns lenses.workflow_versions
language sql stable security definer set search_path = '' as $$
  select v.* from lenses.workflows w join lenses.workflow_versions v on v.workflow_id = w.workflow_id
  where w.workflow_id = seen_workflow_version.workflow_id and (seen_workflow_version.number is null or v.number = seen_workflow_version.number)
    and lenses.shows_workflow(w, v, seen_workflow_version.viewer_id)
  order by v.number desc limit 1
$$;
comment on function lenses.seen_workflow_version is 'The version of that number, or the latest, that this viewer sees; null: there is none.';
revoke execute on function lenses.seen_workflow_version from public, anon, authenticated, service_role;

create function lenses.workflow_shown(workflow lenses.workflows, version lenses.workflow_versions, viewer_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('workflow_id', (workflow).workflow_id, 'title', (workflow).title, 'description', (workflow).description, 'visibility', (workflow).visibility,
    'yours', coalesce((workflow).owner_id = viewer_id, false), 'tags', lenses.tags_of((workflow).workflow_id),
    'version_id', (version).version_id, 'number', (version).number, 'note', (version).note, 'published_at', (version).published_at,
    'nodes', (select count(*) from lenses.workflow_nodes n where n.version_id = (version).version_id), 'capabilities', to_jsonb((version).capabilities),
    'cost_estimate_usd', (select sum(n.cost_estimate_usd) from lenses.workflow_nodes n where n.version_id = (version).version_id),
    'forked_from_version_id', (workflow).forked_from_version_id, 'created_at', (workflow).created_at, 'saved_at', (version).created_at,
    'archived_at', (workflow).archived_at)
$$;
comment on function lenses.workflow_shown is 'A workflow at one of its versions, without its document.';
revoke execute on function lenses.workflow_shown from public, anon, authenticated, service_role;

create function lenses.fn_workflows_get(workflow_id uuid, viewer_id uuid, number integer default null) returns jsonb
language sql stable security definer set search_path = '' as $$
  select lenses.workflow_shown(w, v, fn_workflows_get.viewer_id) || jsonb_build_object('document', v.document)
  from lenses.seen_workflow_version(fn_workflows_get.workflow_id, fn_workflows_get.viewer_id, fn_workflows_get.number) v
  join lenses.workflows w on w.workflow_id = v.workflow_id
$$;
comment on function lenses.fn_workflows_get is 'api calls it: a workflow at the version of that number, or at the latest this viewer sees, with its document; null: they see none.';
revoke execute on function lenses.fn_workflows_get from public, anon, authenticated, service_role;
grant execute on function lenses.fn_workflows_get to service_role;

create function lenses.fn_workflows_list(viewer_id uuid, filter jsonb default '{}', most integer default 20, cursor text default null) returns jsonb
language sql stable security definer set search_path = '' as $$
  with page as (
    select w, v, w.created_at || '_' || w.workflow_id as place, row_number() over (order by w.created_at desc, w.workflow_id desc) as nth
    from lenses.workflows w cross join lateral lenses.seen_workflow_version(w.workflow_id, fn_workflows_list.viewer_id) v
    where v.version_id is not null and w.archived_at is null
      and (not coalesce((filter ->> 'mine')::boolean, false) or w.owner_id = fn_workflows_list.viewer_id)
      and (filter ->> 'tag' is null or exists (select from content.tag_map m where m.entity_id = w.workflow_id and m.tag = filter ->> 'tag'))
      and (filter ->> 'search' is null or strpos(lower(w.title || ' ' || w.description), lower(filter ->> 'search')) > 0)
      and (fn_workflows_list.cursor is null
        or (w.created_at, w.workflow_id) < (split_part(fn_workflows_list.cursor, '_', 1)::timestamptz, split_part(fn_workflows_list.cursor, '_', 2)::uuid))
    order by w.created_at desc, w.workflow_id desc limit fn_workflows_list.most + 1)
  select jsonb_build_object(
    'workflows', coalesce(jsonb_agg(lenses.workflow_shown(p.w, p.v, fn_workflows_list.viewer_id) order by p.nth) filter (where p.nth <= fn_workflows_list.most), '[]'),
    'next_cursor', case when count(*) > fn_workflows_list.most then max(p.place) filter (where p.nth = fn_workflows_list.most) end)
  from page p
$$;
comment on function lenses.fn_workflows_list is
  'api calls it: a page of the workflows this viewer sees, each at the latest version they see, newest first. filter: mine, tag, search. next_cursor is null on the last page.';
revoke execute on function lenses.fn_workflows_list from public, anon, authenticated, service_role;
grant execute on function lenses.fn_workflows_list to service_role;

create function lenses.fn_workflows_versions(workflow_id uuid, viewer_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_agg(jsonb_build_object('version_id', v.version_id, 'number', v.number, 'note', v.note, 'created_at', v.created_at, 'published_at', v.published_at,
    'nodes', (select count(*) from lenses.workflow_nodes n where n.version_id = v.version_id)) order by v.number desc)
  from lenses.workflows w join lenses.workflow_versions v on v.workflow_id = w.workflow_id
  where w.workflow_id = fn_workflows_versions.workflow_id and lenses.shows_workflow(w, v, fn_workflows_versions.viewer_id)
$$;
comment on function lenses.fn_workflows_versions is 'api calls it: the versions of a workflow that this viewer sees, newest first; null: they see none.';
revoke execute on function lenses.fn_workflows_versions from public, anon, authenticated, service_role;
grant execute on function lenses.fn_workflows_versions to service_role;

create function lenses.fn_workflows_publish(workflow_id uuid, owner_id uuid, number integer default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  version lenses.workflow_versions := lenses.seen_workflow_version(workflow_id, owner_id, number);
begin
  update lenses.workflows w set visibility = 'public'
  where w.workflow_id = version.workflow_id and w.owner_id = fn_workflows_publish.owner_id and w.archived_at is null;
  if not found then
    return null;
  end if;
  update lenses.workflow_versions v set published_at = coalesce(v.published_at, now()) where v.version_id = version.version_id;
  return lenses.fn_workflows_get(workflow_id, owner_id, version.number);
end $$;
comment on function lenses.fn_workflows_publish is
  'api calls it for a workflow''s owner: anybody may see, run and fork that version from now on, or the latest. Null: theirs is none of that id and number.';
revoke execute on function lenses.fn_workflows_publish from public, anon, authenticated, service_role;
grant execute on function lenses.fn_workflows_publish to service_role;

create function lenses.fn_workflows_archive(workflow_id uuid, owner_id uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  update lenses.workflows w set archived_at = coalesce(w.archived_at, now())
  where w.workflow_id = fn_workflows_archive.workflow_id and w.owner_id = fn_workflows_archive.owner_id;
  return found;
end $$;
comment on function lenses.fn_workflows_archive is
  'api calls it for a workflow''s owner: it is in no list any more, nobody else sees it and nothing starts it. Its runs stay. False: theirs is none of that id.';
revoke execute on function lenses.fn_workflows_archive from public, anon, authenticated, service_role;
grant execute on function lenses.fn_workflows_archive to service_role;

create function lenses.fn_workflows_known(owner_id uuid, named jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'lenses', (
      select coalesce(jsonb_object_agg(v.version_id, lenses.lens_document(v)), '{}')
      from jsonb_array_elements_text(named -> 'lens_version_ids') i (id) join lenses.versions v on v.version_id = i.id::uuid join lenses.lenses l on l.lens_id = v.lens_id
      where lenses.shows_lens(l, v, fn_workflows_known.owner_id)),
    'workflows', (
      select coalesce(jsonb_object_agg(w.workflow_id, v.version_id), '{}')
      from jsonb_array_elements_text(named -> 'workflow_ids') i (id) join lenses.workflows w on w.workflow_id = i.id::uuid
      cross join lateral lenses.seen_workflow_version(w.workflow_id, fn_workflows_known.owner_id) v
      where v.version_id is not null and w.archived_at is null),
    'versions', (
      select coalesce(jsonb_object_agg(v.version_id, v.workflow_id), '{}')
      from jsonb_array_elements_text(named -> 'version_ids') i (id) join lenses.workflow_versions v on v.version_id = i.id::uuid
      join lenses.workflows w on w.workflow_id = v.workflow_id
      where lenses.shows_workflow(w, v, fn_workflows_known.owner_id)),
    'connections', (
      select coalesce(jsonb_object_agg(k.key_id, k.provider), '{}')
      from jsonb_array_elements_text(named -> 'credential_ids') i (id) join lensers.byok_api_keys k on k.key_id = i.id::uuid
      where k.owner_id = fn_workflows_known.owner_id and k.revoked_at is null),
    'capabilities', (select coalesce(jsonb_agg(distinct c.capability), '[]') from execution.capabilities c where execution.has_capability(c.capability)))
$$;
comment on function lenses.fn_workflows_known is
  'api calls it when a workflow is checked: of what it names ({lens_version_ids, workflow_ids, version_ids, credential_ids}), what its owner may use: lenses with their documents, workflows with the version they would run now, versions with their workflows, connections with their providers; and what drivers that run now can do beyond edge functions.';
revoke execute on function lenses.fn_workflows_known from public, anon, authenticated, service_role;
grant execute on function lenses.fn_workflows_known to service_role;
