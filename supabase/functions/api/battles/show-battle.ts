import type { BattleStore } from '@agon/store/battle-store'
import { problem } from '../../_shared/problem.ts'

/** Answers with a battle, as its viewer may see it. */
export const showBattle =
  (store: BattleStore) =>
  async (id: string, viewer: string | null, status: 200 | 201 = 200): Promise<Response> => {
    const found = await store.get(id, viewer)
    if (!found.ok) return problem(found.error.code, found.error.message)
    if (found.value === null) return problem('not_found', `No battle ${id} is visible to you.`)
    return Response.json(found.value, { status })
  }
