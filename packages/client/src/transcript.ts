import type { BattleEvent } from './events.ts'

/** The answers as they are being written, by slot. */
export interface Transcript {
  /**
   * Takes an event; true when it changed a text. A delta that begins within what is known replaces it from there on, so a contender
   * that begins again is shown from where it does. One that begins beyond it (the watch began in the middle, without the text so
   * far) is left out until the text begins again: half a sentence is not shown as a whole one.
   */
  take(event: BattleEvent): boolean
  textOf(slot: string): string
}

/**
 * Puts the text of `contender.delta` events together. Given a battle as the API returns it, the watch may begin after the last of its
 * events: `transcriptOf(battle)` knows the text so far.
 *
 * @example
 * const transcript = transcriptOf()
 * for await (const event of agon.watch(id)) if (transcript.take(event)) show(transcript.textOf('A'))
 */
export function transcriptOf(battle?: { contenders: { slot: string; submission: { content_text: string | null } | null }[] }): Transcript {
  const texts = new Map(battle?.contenders.map(({ slot, submission }) => [slot, submission?.content_text ?? '']))
  return {
    take(event) {
      if (event.type !== 'contender.delta') return false
      const { slot, offset, text } = event.data
      const known = texts.get(slot) ?? ''
      if (offset > known.length) return false
      texts.set(slot, known.slice(0, offset) + text)
      return true
    },
    textOf: (slot) => texts.get(slot) ?? '',
  }
}
