import type { BattleEvent } from './events.ts'
import { type OpenStream, type WatchLogOptions, watchLog } from './watch-log.ts'

export { type OpenStream, WatchError } from './watch-log.ts'

export interface WatchOptions extends WatchLogOptions<BattleEvent> {}

/** The events of a battle as they happen, each once and in order, until the battle is final. */
export const watchBattle = (url: string, open: OpenStream, options: WatchOptions = {}): AsyncGenerator<BattleEvent, void> =>
  watchLog<BattleEvent>(url, open, options)
