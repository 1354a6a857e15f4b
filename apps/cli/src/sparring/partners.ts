import { lot, pick, telling } from './words.ts'

/** What a partner does when it is asked. */
export type Turn = { text: string } | { status: number; message: string; retryAfterSeconds?: number }

export interface Partner {
  /** How long it thinks, in milliseconds. */
  thinksMs: number
  /** `asked`: how often it has been asked this before. */
  answer(prompt: string, asked: number): Turn
}

/** The words of the task a partner takes up, in the task's order: which and how many is drawn from the task. */
export function takenUp(prompt: string, name: string, least: number, most: number): string[] {
  const words = telling(prompt)
  const count = Math.min(words.length, least + (lot(`${name}/${prompt}`) % (most - least + 1)))
  const chosen = [...words].sort((a, b) => lot(`${name}/${a}`) - lot(`${name}/${b}`)).slice(0, count)
  return words.filter((word) => chosen.includes(word))
}

const openings = ['Short version:', 'The plan:', 'In brief:'] as const
const remarks = [
  'say it first, and plainly.',
  'one concrete example, no more.',
  'keep it; it is what was asked.',
  'show it instead of explaining it.',
  'check it before moving on.',
] as const

/** Terse: a list of the points it took up. */
function quill(prompt: string): Turn {
  const points = takenUp(prompt, 'quill', 2, 6).map((word) => `- ${word}: ${pick(remarks, `${word}/${prompt}`)}`)
  const lines = points.length > 0 ? points : ['- the task names nothing to hold on to; ask again with a noun.']
  return { text: [pick(openings, prompt), ...lines, '- stop when it is done.'].join('\n') }
}

const welcomes = [
  'What a lovely thing to be asked!',
  'I have been hoping somebody would ask this.',
  'Let us take our time with this one.',
] as const
const turns = [
  'deserves a patient look, because it is where most readers will begin',
  'is the part I would put on the table first, with a small story around it',
  'brings a little warmth to the whole, and it should not be hurried',
  'is easy to pass by, and just for that reason worth a whole sentence',
] as const

/** Warm and longer: a paragraph that wanders through the points it took up. */
function ember(prompt: string): Turn {
  const sentences = takenUp(prompt, 'ember', 3, 8).map((word) => `To my mind "${word}" ${pick(turns, `${word}/${prompt}`)}.`)
  const close =
    'If only one thought stays with you, let it be that the simplest of these is usually the truest, and that there is no shame in ending there.'
  return { text: [pick(welcomes, prompt), ...sentences, close].join(' ') }
}

/**
 * The sparring partners that answer, by their model names. Quill and ember fight; the others show, without a provider that happens to
 * be in trouble, what becomes of a contender that is told to wait, or that is refused.
 */
export const partners: Readonly<Record<string, Partner>> = {
  quill: { thinksMs: 350, answer: quill },
  ember: { thinksMs: 700, answer: ember },
  stumbler: {
    thinksMs: 150,
    answer: (prompt, asked) =>
      asked === 0 ? { status: 429, message: 'The simulated quota is spent; it is back in a moment.', retryAfterSeconds: 1 } : quill(prompt),
  },
  mute: { thinksMs: 100, answer: () => ({ status: 400, message: 'This partner answers nobody.' }) },
}

/** The partner that works in workflows. */
export const workflowPartner = 'scribe'

/** The partner that judges. */
export const arbiter = 'arbiter'

/** The providers of the registry that the sparring partners play. */
export const sparringProviders = ['sparring', 'sparring-anthropic'] as const
