// What the benchmarks use of the peers, so that the repository type-checks where bench/ has not been installed.

declare module 'graphile-worker' {
  interface Runner {
    stop(): Promise<void>
    promise: Promise<void>
  }
  interface WorkerUtils {
    addJob(task: string, payload: unknown): Promise<unknown>
    migrate(): Promise<void>
    release(): Promise<void>
  }
  class Logger {
    constructor(factory: (scope: unknown) => (level: string, message: string) => void)
  }
  function run(options: {
    connectionString?: string
    concurrency?: number
    maxPoolSize?: number
    pollInterval?: number
    noHandleSignals?: boolean
    logger?: Logger
    preset?: { worker: Record<string, unknown> }
    taskList: Record<string, (payload: unknown) => void | Promise<void>>
  }): Promise<Runner>
  function makeWorkerUtils(options: { connectionString: string; logger?: Logger }): Promise<WorkerUtils>
}

declare module 'pg-boss' {
  interface Job {
    id: string
    data: unknown
  }
  class PgBoss {
    constructor(options: Record<string, unknown>)
    on(event: 'error', listener: (error: Error) => void): void
    start(): Promise<void>
    stop(options?: Record<string, unknown>): Promise<void>
    createQueue(name: string, options?: Record<string, unknown>): Promise<void>
    insert(queue: string, jobs: { data: unknown }[]): Promise<unknown>
    send(queue: string, data: unknown): Promise<string | null>
    fetch(queue: string, options?: { batchSize: number }): Promise<Job[]>
    complete(queue: string, id: string | string[]): Promise<unknown>
    work(queue: string, options: Record<string, unknown>, handler: (jobs: Job[]) => Promise<void>): Promise<string>
  }
}
