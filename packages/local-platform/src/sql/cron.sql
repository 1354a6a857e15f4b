-- pg_cron 1.6, as far as a project sees it. The platform's scheduler reads cron.job and writes cron.job_run_details.
create schema if not exists cron;
revoke all on schema cron from public;

create sequence if not exists cron.jobid_seq;
create sequence if not exists cron.runid_seq;

create table if not exists cron.job (
  jobid bigint primary key default nextval('cron.jobid_seq'),
  schedule text not null,
  command text not null,
  nodename text not null default 'localhost',
  nodeport integer not null default 5432,
  database text not null default current_database(),
  username text not null default current_user,
  active boolean not null default true,
  jobname text,
  constraint jobname_username_uniq unique (jobname, username)
);

create table if not exists cron.job_run_details (
  jobid bigint,
  runid bigint primary key default nextval('cron.runid_seq'),
  job_pid integer,
  database text,
  username text,
  command text,
  status text,
  return_message text,
  start_time timestamptz,
  end_time timestamptz
);

-- One element of a cron field: *, n, n-m, names, each with an optional /step.
create or replace function cron._field_is_valid(field text, low integer, high integer, names text[] default '{}', dollar boolean default false)
returns boolean language plpgsql immutable set search_path = '' as $$
declare
  element text;
  parts text[];
  bound text;
  position integer;
  bounds integer[];
begin
  foreach element in array string_to_array(lower(field), ',') loop
    if dollar and element = '$' then
      continue;
    end if;
    parts := regexp_match(element, '^(\*|[a-z0-9]+(?:-[a-z0-9]+)?)(?:/([0-9]{1,4}))?$');
    if parts is null or parts[2]::integer = 0 then
      return false;
    end if;
    if parts[1] = '*' then
      continue;
    end if;
    bounds := '{}';
    foreach bound in array string_to_array(parts[1], '-') loop
      position := array_position(names, bound);
      if position is not null then
        bounds := bounds || (position - 1 + low);
      elsif bound ~ '^[0-9]{1,4}$' and bound::integer between low and high then
        bounds := bounds || bound::integer;
      else
        return false;
      end if;
    end loop;
    if cardinality(bounds) = 2 and bounds[1] > bounds[2] then
      return false;
    end if;
  end loop;
  return true;
end $$;

create or replace function cron._schedule_is_valid(schedule text)
returns boolean language plpgsql immutable set search_path = '' as $$
declare
  seconds text := (regexp_match(schedule, '^\s*([0-9]{1,9}) +seconds?\s*$', 'i'))[1];
  fields text[] := regexp_split_to_array(btrim(schedule), '\s+');
begin
  if seconds is not null then
    return seconds::integer between 1 and 59;
  end if;
  if btrim(schedule) in ('@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly') then
    return true;
  end if;
  -- A sixth field is not read: pg_cron takes the first five and lets the rest be.
  return cardinality(fields) >= 5
    and cron._field_is_valid(fields[1], 0, 59)
    and cron._field_is_valid(fields[2], 0, 23)
    and cron._field_is_valid(fields[3], 1, 31, '{}', true)
    and cron._field_is_valid(fields[4], 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}')
    and cron._field_is_valid(fields[5], 0, 7, '{sun,mon,tue,wed,thu,fri,sat}');
end $$;

create or replace function cron._check_schedule(schedule text)
returns void language plpgsql set search_path = '' as $$
begin
  if schedule is null or not cron._schedule_is_valid(schedule) then
    raise exception 'invalid schedule: %', schedule
      using errcode = '22023', hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
  end if;
end $$;

create or replace function cron._changed()
returns trigger language plpgsql set search_path = '' as $$
begin
  notify platform_cron;
  return null;
end $$;
drop trigger if exists job_changed on cron.job;
create trigger job_changed after insert or update or delete on cron.job for each statement execute function cron._changed();

create or replace function cron.schedule(job_name text, schedule text, command text)
returns bigint language plpgsql set search_path = '' as $$
declare
  scheduled bigint;
begin
  perform cron._check_schedule(schedule.schedule);
  if schedule.job_name is null then
    raise exception 'job_name can not be NULL' using errcode = '22023';
  end if;
  insert into cron.job (jobname, schedule, command) values (schedule.job_name, schedule.schedule, schedule.command)
  on conflict on constraint jobname_username_uniq
    do update set schedule = excluded.schedule, command = excluded.command, active = true
  returning jobid into scheduled;
  return scheduled;
end $$;

create or replace function cron.schedule(schedule text, command text)
returns bigint language plpgsql set search_path = '' as $$
declare
  scheduled bigint;
begin
  perform cron._check_schedule(schedule.schedule);
  insert into cron.job (schedule, command) values (schedule.schedule, schedule.command) returning jobid into scheduled;
  return scheduled;
end $$;

create or replace function cron.schedule_in_database(
  job_name text, schedule text, command text, database text, username text default null, active boolean default true
) returns bigint language plpgsql set search_path = '' as $$
declare
  scheduled bigint := cron.schedule(schedule_in_database.job_name, schedule_in_database.schedule, schedule_in_database.command);
begin
  perform cron.alter_job(scheduled, null, null, schedule_in_database.database, schedule_in_database.username, schedule_in_database.active);
  return scheduled;
end $$;

create or replace function cron.alter_job(
  job_id bigint, schedule text default null, command text default null, database text default null, username text default null,
  active boolean default null
) returns void language plpgsql set search_path = '' as $$
begin
  if alter_job.schedule is not null then
    perform cron._check_schedule(alter_job.schedule);
  end if;
  update cron.job as job set
    schedule = coalesce(alter_job.schedule, job.schedule),
    command = coalesce(alter_job.command, job.command),
    database = coalesce(alter_job.database, job.database),
    username = coalesce(alter_job.username, job.username),
    active = coalesce(alter_job.active, job.active)
  where job.jobid = alter_job.job_id;
  if not found then
    raise exception 'Job % does not exist or you don''t own it', alter_job.job_id;
  end if;
end $$;

create or replace function cron.unschedule(job_id bigint)
returns boolean language plpgsql set search_path = '' as $$
begin
  delete from cron.job where jobid = unschedule.job_id;
  if not found then
    raise exception 'could not find valid entry for job ''%''', unschedule.job_id;
  end if;
  return true;
end $$;

create or replace function cron.unschedule(job_name text)
returns boolean language plpgsql set search_path = '' as $$
begin
  delete from cron.job where jobname = unschedule.job_name and username = current_user;
  if not found then
    raise exception 'could not find valid entry for job ''%''', unschedule.job_name;
  end if;
  return true;
end $$;

comment on schema cron is 'Stands in for pg_cron 1.6: the platform''s scheduler runs the jobs.';
