-- What the drivers that run now can do beyond what every driver can: a worker has programs of its machine (ffmpeg), a function has none.
-- Whoever makes work that needs such a thing asks here first, and refuses it with a word instead of leaving it to wait for nobody.

create table execution.capabilities (
  capability text not null check (capability ~ '^[a-z][a-z0-9_]{0,62}(:[a-z0-9][a-z0-9._-]{0,39})?$'),
  driver text not null check (char_length(driver) between 1 and 200),
  seen_at timestamptz not null default now(),
  details jsonb not null default '{}' check (jsonb_typeof(details) = 'object'),
  primary key (capability, driver)
);
comment on table execution.capabilities is
  'Which driver said last, and when, that it can do something: a worker says so as it starts and every minute, and takes it back as it stops. One that was not heard of for ten minutes is gone.';
alter table execution.capabilities enable row level security;
revoke all on execution.capabilities from public, anon, authenticated, service_role;
grant select on execution.capabilities to service_role;

create function execution.has_capability(capability text) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (select from execution.capabilities c where c.capability = has_capability.capability and c.seen_at > now() - interval '10 minutes')
$$;
comment on function execution.has_capability is 'Whether a driver that can do this was heard of in the last ten minutes.';
revoke execute on function execution.has_capability from public, anon, authenticated, service_role;

create function execution.fn_worker_announce_capabilities(driver text, capabilities text[], details jsonb default '{}') returns void
language sql security definer set search_path = '' as $$
  delete from execution.capabilities c
  where c.driver = fn_worker_announce_capabilities.driver and not c.capability = any (fn_worker_announce_capabilities.capabilities);
  insert into execution.capabilities as c (capability, driver, details)
  select distinct n.capability, fn_worker_announce_capabilities.driver, coalesce(fn_worker_announce_capabilities.details -> n.capability, '{}')
  from unnest(fn_worker_announce_capabilities.capabilities) n (capability) order by 1
  on conflict on constraint capabilities_pkey do update set seen_at = now(), details = excluded.details;
$$;
comment on function execution.fn_worker_announce_capabilities is
  'A worker calls it as it starts, every minute, and with none as it stops: what it can do beyond what every driver can (ffmpeg). What it said before and does not say now is taken back. details: by capability, more of it where there is more to know ({lane, simulated, repositories} of a coding backend).';
revoke execute on function execution.fn_worker_announce_capabilities from public, anon, authenticated, service_role;
grant execute on function execution.fn_worker_announce_capabilities to service_role;
