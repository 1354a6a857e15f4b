import { setTimeout as delay } from 'node:timers/promises'
import type { Dice } from './dice.ts'
import type { Stage } from './stage.ts'

/** Something that breaks. strike() returns when the breaking itself is over; who had jobs in hand is known by the name of the driver. */
export interface Fault {
  name: string
  /** Whose leases it cuts off: drivers whose name matches this pattern of SQL. None: nobody's in particular. */
  strike(stage: Stage, dice: Dice): Promise<{ drivers?: string } | undefined>
}

const driverFunctions = (stage: Stage) => stage.platform.functionProcesses()
const mortals = ({ workers, spared }: Stage) => [...workers.keys()].filter((id) => !spared.has(id))

export const faults: Fault[] = [
  {
    name: 'function killed',
    async strike(stage, dice) {
      const running = driverFunctions(stage)
      if (running.length === 0) return undefined
      const { pid, executionId } = dice.pick(running)
      killNow(pid)
      return { drivers: `%${executionId}` }
    },
  },
  {
    name: 'all functions killed',
    async strike(stage) {
      for (const { pid } of driverFunctions(stage)) killNow(pid)
      return { drivers: '%:%' }
    },
  },
  {
    name: 'worker killed',
    async strike(stage, dice) {
      const id = dice.pick(mortals(stage))
      stage.workers.get(id)!.kill('SIGKILL')
      setTimeout(() => stage.startWorker(id), dice.between(100, 1000))
      return { drivers: id }
    },
  },
  {
    // A release: each leaves when it is asked to, and the next one only when its successor is heard of.
    name: 'workers replaced',
    async strike(stage) {
      for (const id of stage.workers.keys()) {
        if (stage.spared.has(id)) continue
        await stage.dismissWorker(id)
        stage.startWorker(id)
        const { pid } = stage.workers.get(id)!
        // What only it can do is refused while nobody is heard of who can.
        const heard = `select from execution.worker_heartbeats h join execution.capabilities c on c.driver = h.worker_id
          where h.worker_id = $1 and h.pid = $2 and h.state = 'running'`
        for (const end = performance.now() + 60_000; performance.now() < end; await delay(100)) {
          if ((await stage.sql(heard, [id, pid])).length > 0) break
        }
      }
      return undefined
    },
  },
  {
    name: 'PostgreSQL restarted, fast',
    async strike(stage) {
      await stage.postgres.restart('fast')
      return { drivers: '%' }
    },
  },
  {
    name: 'PostgreSQL restarted, immediate',
    async strike(stage) {
      await stage.postgres.restart('immediate')
      return { drivers: '%' }
    },
  },
  {
    name: 'backends terminated',
    async strike(stage, dice) {
      await stage.sql(
        `select pg_terminate_backend(pid) from (select pid from pg_stat_activity
         where backend_type = 'client backend' and pid <> pg_backend_pid() and application_name <> 'chaos-operator' order by random() limit $1) t`,
        [dice.between(1, 12)],
      )
      return { drivers: '%' }
    },
  },
  {
    name: 'backend crashed',
    async strike(stage) {
      // One backend killed by the operating system: PostgreSQL ends them all and recovers from its log.
      const [victim] = await stage.sql<{ pid: number }>(
        `select pid from pg_stat_activity where backend_type = 'client backend' and application_name <> 'chaos-operator' order by random() limit 1`,
      )
      if (victim) killNow(victim.pid)
      await delay(100)
      return { drivers: '%' }
    },
  },
  {
    name: 'way to PostgreSQL stalls',
    async strike({ toDatabase }, dice) {
      toDatabase.stall()
      await delay(dice.between(300, 2500))
      toDatabase.resume()
      return { drivers: '%' }
    },
  },
  {
    name: 'way to PostgreSQL stalls, then breaks',
    async strike({ toDatabase }, dice) {
      toDatabase.stall()
      await delay(dice.between(300, 4000))
      toDatabase.reset()
      toDatabase.resume()
      return { drivers: '%' }
    },
  },
  {
    name: 'way to the platform stalls',
    async strike({ toPlatform }, dice) {
      toPlatform.stall()
      await delay(dice.between(300, 4000))
      toPlatform.resume()
      return { drivers: 'worker-%' }
    },
  },
  {
    name: 'way to the platform half open',
    async strike({ toPlatform }) {
      toPlatform.swallow()
      return { drivers: 'worker-%' }
    },
  },
  {
    name: 'way to the platform breaks',
    async strike({ toPlatform }) {
      toPlatform.reset()
      return { drivers: 'worker-%' }
    },
  },
  {
    name: 'doorbell half open',
    async strike({ toDoorbell }) {
      toDoorbell.swallow()
      return undefined
    },
  },
]

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error // it was gone already
  }
}

/** Of these, by name. */
export const faultsNamed = (...names: string[]): Fault[] =>
  names.map((name) => {
    const found = faults.find((fault) => fault.name === name)
    if (!found) throw new Error(`there is no fault ${name}`)
    return found
  })
