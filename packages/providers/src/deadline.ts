import { type CallOptions, fail, type Result, type StepError, stepError } from '@agon/runner-core'

/** setTimeout counts in 32 bits and fires at once beyond them. */
const longestTimer = 2 ** 31 - 1

/**
 * Does one call under its deadline and its signal, and says which of them ended it: `provider_timeout` for the time, `lease_lost`
 * for the signal. It settles the moment either fires, even when what it called does not heed the abort it is sent: the lease
 * must not outlive a body that never ends. An SDK cannot tell the two apart, and stops its own clock at the headers.
 */
export function underDeadline<T>(
  call: Pick<CallOptions, 'signal' | 'timeoutMs'>,
  who: string,
  act: (signal: AbortSignal) => Promise<Result<T, StepError>>,
): Promise<Result<T, StepError>> {
  const abandoned = fail(stepError('lease_lost', `The call to ${who} was abandoned: the driver no longer owns the job.`))
  const late = fail(stepError('provider_timeout', `${who} did not answer within ${Math.max(0, Math.round(call.timeoutMs))} ms.`))
  if (call.signal.aborted) return Promise.resolve(abandoned)
  if (!(call.timeoutMs > 0)) return Promise.resolve(late)

  return new Promise((resolve) => {
    const controller = new AbortController()
    const settle = (result: Result<T, StepError>) => {
      clearTimeout(timer)
      call.signal.removeEventListener('abort', abandon)
      resolve(result)
    }
    const abandon = () => {
      settle(abandoned)
      controller.abort()
    }
    const timer = setTimeout(
      () => {
        settle(late)
        controller.abort()
      },
      Math.min(Math.ceil(call.timeoutMs), longestTimer),
    )
    call.signal.addEventListener('abort', abandon, { once: true })
    act(controller.signal).then(settle, (bug: unknown) =>
      settle(fail(stepError('internal', `The ${who} adapter failed: ${bug instanceof Error ? bug.name : typeof bug}.`))),
    )
  })
}
