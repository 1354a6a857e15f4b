import type { Sandbox, SandboxAnswer, SandboxLimits, SandboxProgram } from '@agon/runner-core'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import type { QuickJSContext, QuickJSHandle, QuickJSWASMModule } from 'quickjs-emscripten-core'
import { bootstrap } from './bootstrap.ts'

export interface SandboxOptions {
  /** The longest any program may compute: an edge function has two seconds of processor time for all it does. */
  mostMs?: number
  /** A clock in milliseconds, for the deadline alone. */
  now?: () => number
}

/** QuickJS, compiled to WebAssembly: loaded by the first program, and used again as long as no program broke it. */
async function load(): Promise<QuickJSWASMModule> {
  const [{ newQuickJSWASMModuleFromVariant }, { default: variant }] = await Promise.all([
    import('quickjs-emscripten-core'),
    import('@jitl/quickjs-singlefile-mjs-release-sync'),
  ])
  return newQuickJSWASMModuleFromVariant(variant)
}

/**
 * Runs JavaScript of users in an interpreter that knows nothing of this process: each program has a runtime of its own, which is thrown
 * away with it. It is bounded in computing, memory and output. It computes in this thread, so its time is short.
 */
export function createSandbox({ mostMs = 5_000, now = () => performance.now() }: SandboxOptions = {}): Sandbox {
  let loading: Promise<QuickJSWASMModule> | undefined
  const forget = () => {
    loading = undefined
  }
  return {
    async run(program, limits) {
      const bounded = { ...limits, timeoutMs: Math.min(limits.timeoutMs, mostMs) }
      try {
        loading ??= load()
        const answer = interpret(await loading, program, bounded, now)
        // What was stopped in the middle is not tidied up, and memory that WebAssembly took is never given back: the whole interpreter goes.
        if (!answer.ok && answer.error.code === 'code_limit') forget()
        return answer
      } catch (error) {
        // The interpreter itself broke; what it was in the middle of is lost, and nothing else.
        forget()
        return fail(stepError('code_limit', `The code broke its interpreter${error instanceof Error ? ` (${error.name})` : ''}.`))
      }
    },
  }
}

function interpret(
  quickjs: QuickJSWASMModule,
  { code, globals, seed }: SandboxProgram,
  { timeoutMs, memoryBytes, outputBytes }: SandboxLimits,
  now: () => number,
): Result<SandboxAnswer, StepError> {
  // Of one mould, so that jobs run in this context and not in another one of the same memory.
  const context = quickjs.newContext()
  const { runtime } = context
  const until = now() + timeoutMs
  const isLate = () => now() > until
  runtime.setMemoryLimit(memoryBytes)
  runtime.setMaxStackSize(256 * 1024)
  runtime.setInterruptHandler(isLate)
  // Everything that is held of the interpreter, let go at the end whichever way that comes.
  const held: { dispose(): void }[] = []
  const hold = <T extends { dispose(): void }>(handle: T): T => {
    held.push(handle)
    return handle
  }
  const failed = (error: QuickJSHandle) => fail(failure(context, hold(error), { isLate, timeoutMs, memoryBytes }))
  const answered = (): Result<SandboxAnswer, StepError> => {
    const begun = context.evalCode(bootstrap, 'sandbox')
    if (begun.error) return failed(begun.error)
    const made = context.callFunction(
      hold(begun.value),
      context.undefined,
      hold(context.newString(JSON.stringify(globals))),
      hold(context.newNumber(hash(seed))),
    )
    if (made.error) return failed(made.error)
    const answer = hold(context.getProp(hold(made.value), 'answer'))
    const lines = hold(context.getProp(made.value, 'lines'))

    const compiled = context.evalCode(`(async function () {${code}\n})`, 'code')
    if (compiled.error) return failed(compiled.error)
    const called = context.callFunction(hold(compiled.value), context.undefined)
    if (called.error) return failed(called.error)
    const promise = hold(called.value)
    while (runtime.hasPendingJob() && !isLate()) {
      const ran = runtime.executePendingJobs(1000)
      if (ran.error) return failed(ran.error)
    }
    const state = context.getPromiseState(promise)
    if (state.type === 'pending')
      return fail(
        isLate()
          ? stepError('code_limit', `The code did not end within ${timeoutMs} ms.`)
          : stepError('code_failed', 'The code waits for something that never comes: nothing outside can be waited for in here.'),
      )
    if (state.type === 'rejected') return failed(state.error)
    const text = context.callFunction(answer, context.undefined, hold(state.value))
    if (text.error) return failed(text.error)
    hold(text.value)
    const size = context.typeof(text.value) === 'string' ? hold(context.getProp(text.value, 'length')) : undefined
    if (size && context.getNumber(size) > outputBytes)
      return fail(stepError('code_limit', `The code returned more than ${outputBytes} characters of JSON.`))
    const value = size ? parsed(context.getString(text.value)) : null
    return ok({ value, logs: logsOf(context, lines) })
  }
  const result = answered()
  if (!result.ok && result.error.code === 'code_limit') return result
  for (const handle of held.reverse()) handle.dispose()
  context.dispose()
  return result
}

/** As JSON; a key that would be taken for a prototype is left out, wherever the answer goes next. */
const parsed = (json: string): unknown => JSON.parse(json, (key, value) => (key === '__proto__' ? undefined : value))

function logsOf(context: QuickJSContext, lines: QuickJSHandle): string[] {
  const said = context.callFunction(lines, context.undefined)
  if (said.error) {
    said.error.dispose()
    return []
  }
  return said.value.consume((text) => JSON.parse(context.getString(text)))
}

interface Bound {
  isLate: () => boolean
  timeoutMs: number
  memoryBytes: number
}

function failure(context: QuickJSContext, error: QuickJSHandle, { isLate, timeoutMs, memoryBytes }: Bound): StepError {
  const name = textOf(context, error, 'name')
  const message = context.typeof(error) === 'object' ? textOf(context, error, 'message') : context.getString(error)
  // What was thrown may be code itself, and be read for as long as there is time.
  const line = /code:(\d+)/.exec(textOf(context, error, 'stack'))?.[1]
  if (isLate()) return stepError('code_limit', `The code did not end within ${timeoutMs} ms.`)
  if (name === 'InternalError' && message === 'out of memory')
    return stepError('code_limit', `The code used more than ${Math.round(memoryBytes / 1024 / 1024)} MiB of memory.`)
  if (message === 'stack overflow' || message === 'Maximum call stack size exceeded')
    return stepError('code_limit', 'The code calls itself too deeply.')
  const said = `${name ? `${name}: ` : ''}${message}`.replaceAll(/\s+/g, ' ').slice(0, 300)
  return stepError('code_failed', `${said || 'The code threw something without a message'}${line ? ` (line ${line})` : ''}.`)
}

function textOf(context: QuickJSContext, object: QuickJSHandle, key: string): string {
  if (context.typeof(object) !== 'object') return ''
  return context
    .getProp(object, key)
    .consume((value) => (context.typeof(value) === 'string' ? context.getString(value).slice(0, 2000) : ''))
}

/** FNV-1a: the same dice for the same seed. */
function hash(text: string): number {
  let sum = 0x811c9dc5
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193)
  return sum >>> 0
}
