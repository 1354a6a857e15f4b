import { z } from 'zod'
import { envelopeOf } from '../envelope.ts'
import type { NodeRunner } from '../node-runner.ts'
import { configured } from './configured.ts'
import { lacks } from './lacks.ts'

const MiB = 1024 * 1024

const code = z.object({
  code: z.string().min(1).max(100_000),
  language: z.literal('javascript', 'the language of a code node is javascript').default('javascript'),
  timeout_ms: z.number().positive().max(60_000).default(5_000),
  memory_limit_mb: z.number().int().min(1).max(128).default(64),
})

/** code: runs JavaScript over `input` (and `inputs`, all of them by label), and hands over what it returns. */
export const codeRunner: NodeRunner = async (context) => {
  const { job, inputs, world, timeoutMs, idempotencyKey, note } = context
  if (!world.sandbox) return lacks('run code')
  const config = configured(code, context, { raw: ['code'] })
  if (!config.ok) return { kind: 'failed', error: config.error }
  const input = Object.hasOwn(inputs, 'input') ? inputs.input : inputs
  const answer = await world.sandbox.run(
    { code: config.value.code, globals: { input, inputs, variables: job.variables }, seed: idempotencyKey },
    { timeoutMs: Math.min(timeoutMs, config.value.timeout_ms), memoryBytes: config.value.memory_limit_mb * MiB, outputBytes: 256 * 1024 },
  )
  if (!answer.ok) return { kind: 'failed', error: answer.error }
  const { value, logs } = answer.value
  if (logs.length > 0) note({ type: 'node.log', data: { node: job.label, lines: logs } })
  return { kind: 'completed', result: { envelope: envelopeOf(value), ports: ['output'] } }
}
