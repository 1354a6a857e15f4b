import { agon } from './agon.ts'
import type { Engine } from './engine.ts'
import { graphileWorker } from './graphile-worker.ts'
import { pgBoss } from './pg-boss.ts'

export const engines: Record<Engine['name'], Engine> = { agon, 'graphile-worker': graphileWorker, 'pg-boss': pgBoss }
