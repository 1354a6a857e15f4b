import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import { connectTo } from './agon.ts'
import type { Engine } from './engine.ts'
import { expectEqual } from './engine.ts'

export const silent = new Logger(() => (level, message) => {
  if (level === 'error') console.error(message)
})

/** The settings of Graphile Worker's own performance test; a batch of 1 is its default way of working, one statement a job. */
export const graphileSettings = (batch: number, concurrency: number): Record<string, unknown> => ({
  concurrentJobs: concurrency,
  maxPoolSize: concurrency + 1,
  pollInterval: 2000,
  ...(batch > 1 ? { localQueue: { size: batch, refetchDelay: { durationMs: 10 } }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } : {}),
})

export const graphileWorker: Engine = {
  name: 'graphile-worker',
  gate: 'graphile_worker._private_jobs',

  async install(url) {
    const utils = await makeWorkerUtils({ connectionString: url, logger: silent })
    await utils.migrate()
    await utils.release()
  },

  async fill(url, jobs) {
    const client = await connectTo(url)
    await client.query(
      `select graphile_worker.add_jobs(array(
         select json_populate_record(null::graphile_worker.job_spec, json_build_object('identifier', 'noop', 'payload', json_build_object('id', n)))
         from generate_series(1, $1::int) n))`,
      [jobs],
    )
    await client.end()
  },

  async unfinished(client) {
    const { rows } = await client.query('select exists (select from graphile_worker._private_jobs) as found')
    return rows[0].found
  },

  // It deletes a job when it is done: none may be left, and the handlers must have seen each once.
  async verify(client, jobs, handled) {
    const { rows } = await client.query('select count(*)::int as left_over from graphile_worker._private_jobs')
    expectEqual('graphile-worker', { left_over: 0, handled: jobs }, { ...rows[0], handled })
  },

  async drain(url, mode, onHandled) {
    const runner = await run({
      connectionString: url,
      noHandleSignals: true,
      logger: silent,
      preset: { worker: graphileSettings(mode.batch, mode.concurrency) },
      taskList: { noop: () => onHandled(1) },
    })
    return { stop: () => runner.stop() }
  },
}
