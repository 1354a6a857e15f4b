import { randomUUID } from 'node:crypto'
import { type Client, rows, value } from '../support/database.ts'

/*
 * What the engine does for jobs that have an owner, called as an owner's functions call it: each locks the owner first. The owner here is a
 * row in a schema of the tests, so that the engine is proved by itself; tests/race/battles-model.test.ts does the same with battles.
 */

export const laneLimit = 2
export const queueNames = ['open', 'lane of p', 'lane of byok', 'key of p', 'poll'] as const
export type QueueName = (typeof queueNames)[number]
export type Kind = 'work' | 'poll'
export const kindOf = (queue: QueueName): Kind => (queue === 'poll' ? 'poll' : 'work')

export interface EngineStage {
  queues: Record<QueueName, number>
  owners: string[]
}

/** Two fair kinds with owners: work, in four queues of which two share a lane, and poll, where parked jobs wait. */
export async function setEngineStage(sql: Client, owners: number): Promise<EngineStage> {
  await sql.query(`
    create schema if not exists model;
    create table if not exists model.subjects (subject_id uuid primary key);
    truncate model.subjects;
    create or replace function model.lock_subjects(job_ids bigint[]) returns void language sql as $$
      select s.subject_id from model.subjects s where s.subject_id in (select j.subject_id from execution.jobs j where j.job_id = any (job_ids)) order by s.subject_id for update
    $$;
    create or replace function model.settle(job_id bigint, error jsonb) returns void language sql as $$ select $$;
    create or replace function model.complete(job_id bigint, lease_token bigint) returns boolean language plpgsql as $$ begin
      perform model.lock_subjects(array[job_id]); return execution.close_job(job_id, lease_token, 'completed'); end $$;
    create or replace function model.park(job_id bigint, lease_token bigint, queue_id integer) returns boolean language plpgsql as $$ begin
      perform model.lock_subjects(array[job_id]);
      if not exists (select from execution.leases l join execution.jobs j on j.job_id = $1 and j.subject_id is not null
        where l.lease_token = $2 and $1 = any (l.job_ids)) then return false; end if;   -- an errand to a provider has no owner and no task
      if not exists (select from execution.async_tasks t where t.job_id = $1 and t.state = 'open') then
        perform execution.open_task($1, 'p', 'task of ' || $1, '{}', now() + interval '1 hour');
      end if;
      if not execution.park_job($1, $2, $3, 3600000) then raise exception 'a job in a lease could not be parked'; end if;
      return true; end $$;
    create or replace function model.yield(job_id bigint, lease_token bigint) returns boolean language plpgsql as $$ begin
      perform model.lock_subjects(array[job_id]); return execution.yield_job(job_id, lease_token); end $$;
    create or replace function model.checkpoint(job_id bigint, lease_token bigint) returns boolean language plpgsql as $$ begin
      perform model.lock_subjects(array[job_id]); return execution.save_checkpoint(job_id, lease_token, jsonb_build_object('token', lease_token)); end $$;
    create or replace function model.hold(job_id bigint) returns integer language plpgsql as $$ begin
      perform model.lock_subjects(array[job_id]); return execution.hold_jobs(array[job_id]); end $$;
    create or replace function model.release(job_id bigint) returns integer language plpgsql as $$ begin
      perform model.lock_subjects(array[job_id]); return execution.release_jobs(array[job_id], interval '1 second'); end $$;
    create or replace function model.cancel(job_id bigint) returns integer language plpgsql as $$ begin
      perform model.lock_subjects(array[job_id]); return execution.cancel_jobs(array[job_id]); end $$;
    create or replace function model.redrive(job_id bigint) returns boolean language plpgsql as $$ begin
      perform model.lock_subjects(array[job_id]); return execution.revive(job_id); end $$;
    insert into execution.job_kinds (kind, fair, lock_owner, settle_owner) values
      ('work', true, 'model.lock_subjects', 'model.settle'), ('poll', true, 'model.lock_subjects', 'model.settle')`)
  const queue = (kind: Kind, lane: string | null, key: string | null) =>
    value<number>(sql, 'select execution.queue_for($1, $2, $3, $4, $5)', [kind, lane, lane && laneLimit, key, key && 'p'])
  return {
    owners: Array.from({ length: owners }, () => randomUUID()),
    queues: {
      open: await queue('work', null, null),
      'lane of p': await queue('work', 'lane', 'p'),
      'lane of byok': await queue('work', 'lane', 'byok'),
      'key of p': await queue('work', null, 'p'),
      poll: await queue('poll', null, null),
    },
  }
}

export type Claimed = { lease_token: number; job_id: number; position: number }

/** What a driver, an owner or an operator does. All of it may be called at once. */
export const act = {
  async enqueue(
    client: Client,
    stage: EngineStage,
    job: { queue: QueueName; owner: number; count: number; priority: number; delayed: boolean },
  ) {
    const made = await rows<{ id: number[] }>(
      client,
      `with subject as (insert into model.subjects select gen_random_uuid() from generate_series(1, $2) returning subject_id)
       select execution.enqueue($1, array['{}'::jsonb], subject_id, $3::smallint, case when $4 then now() + interval '1 hour' end, owner_id => $5, patient => true) as id from subject`,
      [stage.queues[job.queue], job.count, job.priority, job.delayed, stage.owners[job.owner]],
    )
    return made.map(({ id }) => id[0]!)
  },
  claim: (client: Client, kind: Kind, most: number) =>
    rows<Claimed>(client, `select lease_token, job_id, position from execution.fn_worker_claim_jobs($1, 'driver', $2)`, [kind, most]),
  heartbeat: (client: Client, token: number) => value<number[]>(client, 'select execution.fn_worker_heartbeat($1)', [token]),
  async lose(client: Client, token: number): Promise<number | null> {
    await client.query(`update execution.leases set expires_at = now() - interval '1 second' where lease_token = $1`, [token])
    return value<number | null>(client, `select (execution.sweep() ->> 'reclaimed')::int`)
  },
  fallDue: (client: Client) =>
    client.query(
      `update execution.later set run_after = now() - interval '1 second' where ctid = any (array(select ctid from execution.later order by job_id for update skip locked))`,
    ),
  complete: (client: Client, id: number, token: number) => value<boolean>(client, 'select model.complete($1, $2)', [id, token]),
  fail: (client: Client, id: number, token: number, again: boolean) =>
    value<string>(client, `select execution.fail_attempt($1, $2, '{"code":"timeout","message":""}', $3)`, [
      id,
      token,
      again ? 3_600_000 : null,
    ]),
  park: (client: Client, stage: EngineStage, id: number, token: number) =>
    value<boolean>(client, 'select model.park($1, $2, $3)', [id, token, stage.queues.poll]),
  yield: (client: Client, id: number, token: number) => value<boolean>(client, 'select model.yield($1, $2)', [id, token]),
  checkpoint: (client: Client, id: number, token: number) => value<boolean>(client, 'select model.checkpoint($1, $2)', [id, token]),
  hold: (client: Client, id: number) => value<number>(client, 'select model.hold($1)', [id]),
  release: (client: Client, id: number) => value<number>(client, 'select model.release($1)', [id]),
  cancel: (client: Client, id: number) => value<number>(client, 'select model.cancel($1)', [id]),
  redrive: (client: Client, id: number) => value<boolean>(client, 'select model.redrive($1)', [id]),
  callback: (client: Client, id: number, event: string) =>
    value<string>(client, `select execution.fn_worker_callback('p', 'task of ' || $1, $2)`, [id, event]),
  switch: (client: Client, scope: 'system' | 'provider', off: boolean) =>
    value<string>(client, 'select execution.fn_operator_switch($1, $2, $3)', [scope, scope === 'system' ? '' : 'p', off]),
  limit: (client: Client, blocked: boolean) =>
    blocked
      ? client.query(`select execution.fn_worker_report_rate_limit('p', 3600000)`)
      : client.query(`update execution.rate_limits set blocked_until = now() - interval '1 second'`),
  sweep: (client: Client) => value<Record<string, unknown>>(client, 'select execution.sweep()'),
}

export interface SeenJob {
  job_id: number
  state: string
  attempts: number
  reclaims: number
  queue_id: number
  /** Where it is: rows in ready, in later, in leases. */
  ready: number
  later: number
  leases: number
  token: number | null
  open_tasks: number
  checkpoints: number
  /** A job of the engine's own: to tell the provider that nobody waits for a task any more. */
  errand: boolean
  row: string
}

/** Everything the engine holds, one row a job. */
export const look = (client: Client) =>
  rows<SeenJob>(
    client,
    `select j.job_id, j.state::text, j.attempts, j.reclaims, j.queue_id,
       (select count(*)::int from execution.ready r where r.job_id = j.job_id) as ready,
       (select count(*)::int from execution.later w where w.job_id = j.job_id) as later,
       (select count(*)::int from execution.leases l where j.job_id = any (l.job_ids)) as leases,
       (select max(l.lease_token) from execution.leases l where j.job_id = any (l.job_ids)) as token,
       (select count(*)::int from execution.async_tasks t where t.job_id = j.job_id and t.state = 'open') as open_tasks,
       (select count(*)::int from execution.checkpoints c where c.job_id = j.job_id) as checkpoints,
       j.payload ? 'cancel_task' as errand, j::text as row
     from execution.jobs j order by j.job_id`,
  )

export const inLane = (client: Client) =>
  value<number>(client, `select coalesce(sum(cardinality(job_ids)), 0)::int from execution.leases where concurrency_key = 'lane'`)
