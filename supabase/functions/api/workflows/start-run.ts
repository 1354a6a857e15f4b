import type { NewRun, RunStore } from '@agon/store/run-store'
import { problem } from '../../_shared/problem.ts'

/** Begins a run, or says why not. `of`: what runs, for whoever is told that there is none. */
export async function startRun(store: RunStore, owner: string, of: string, run: NewRun): Promise<Response> {
  const begun = await store.start(owner, run)
  if (!begun.ok) return problem(begun.error.code, begun.error.message)
  if (!('refused' in begun.value)) return Response.json(begun.value, { status: begun.value.created ? 201 : 200 })
  const { refused, run_id, capabilities, nodes = [], message, path } = begun.value
  switch (refused) {
    case 'not_found':
      return problem('not_found', `Nothing of ${of} is yours to run.`)
    case 'idempotency_conflict':
      return problem('idempotency_conflict', `It began run ${run_id} with other inputs. Send the same again, or another key.`)
    case 'capability_missing':
      return problem(
        'capability_missing',
        `It needs ${capabilities?.join(', ')}, and no worker that can do it was heard of in ten minutes.`,
      )
    case 'pin_required': {
      const told = nodes.map((node) => ({
        path: `/pinned/${node}`,
        message: 'would do something outside: say what it comes to',
        node_id: node,
      }))
      return problem('pin_required', `A dry run touches nothing outside: pin ${nodes.join(', ')}.`, told)
    }
    default:
      return problem(refused, message, path && message ? [{ path, message }] : undefined)
  }
}
