-- Where nodes of workflows keep files: what object_storage_upload puts there, and what a lens of kind pdf prints. Private: a file is opened by
-- a signed link, which only functions and workers make. Paths begin with the owner's id, then runs/<root run> or files; the runners hold
-- nodes to that, and no application's role has a policy on this bucket.

do $$
begin
  if to_regclass('storage.buckets') is null then
    raise notice 'no Storage here: nodes that keep files need it';
    return;
  end if;
  insert into storage.buckets (id, name, public, file_size_limit)
  values ('workflow-files', 'workflow-files', false, 20971520)
  on conflict (id) do update set public = excluded.public, file_size_limit = excluded.file_size_limit;
end $$;
