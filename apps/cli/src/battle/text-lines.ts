import type { BattleEvent } from '@agon/client'
import { wrap } from '../terminal/columns.ts'
import { printable } from '../terminal/printable.ts'
import type { Style } from '../terminal/style.ts'

/** Answers as they are written, several at once, as lines of a terminal. */
export interface TextLines {
  /** The lines that an event completes. A word is held back until it is whole. */
  take(event: BattleEvent): string[]
}

export function createTextLines({ style, width }: { style: Style; width: number }): TextLines {
  const held = new Map<string, string>()
  const margin = (slot: string) => `${style.name(slot)} ${style.dim('│')} `
  const shown = (slot: string, text: string) =>
    wrap(printable(text).trimEnd(), Math.max(20, width - 4))
      .split('\n')
      .map((line) => `${margin(slot)}${line}`)

  return {
    take(event) {
      const slot = 'slot' in event.data ? event.data.slot : undefined
      if (slot === undefined) return []
      const before = held.get(slot) ?? ''
      if (event.type !== 'contender.delta') {
        held.delete(slot) // whatever it was, the text stops here
        return before === '' ? [] : shown(slot, before)
      }
      // It begins again: what was held back of the text before it never became a word.
      const text = event.data.offset === 0 ? event.data.text : before + event.data.text
      const whole = Math.max(text.lastIndexOf(' '), text.lastIndexOf('\n')) + 1
      held.set(slot, text.slice(whole))
      return whole === 0 ? [] : shown(slot, text.slice(0, whole))
    },
  }
}
