/** What one rater said of one item: which of its two sides it prefers. */
export interface Judgement {
  /** The same for everyone who was asked the same: a prompt and two answers, however they were presented. */
  item: string
  rater: string
  choice: 'a' | 'b' | 'tie'
}

export interface Agreement {
  /** Pairs of judgements on one item that say the same. */
  agree: number
  /** Pairs of judgements on one item. */
  total: number
  /** agree / total; NaN without a pair. */
  ratio: number
}

export interface AgreementRules {
  /** Leaves out every pair in which either says tie. */
  withoutTies?: boolean
}

/**
 * How often two raters who saw the same item agree: over every pair of one judgement of `these` with one of `those`, or, when `those` is
 * left out, of two different raters of `these`. Source: Zheng et al., "Judging LLM-as-a-Judge with MT-Bench and Chatbot Arena" (2023),
 * table 5, setups S1 (ties are a choice) and S2 (without ties).
 */
export function agreement(
  these: readonly Judgement[],
  those?: readonly Judgement[],
  { withoutTies = false }: AgreementRules = {},
): Agreement {
  const counts = (judgements: readonly Judgement[]) => {
    const items = new Map<string, Judgement[]>()
    for (const each of judgements) {
      if (withoutTies && each.choice === 'tie') continue
      const known = items.get(each.item)
      if (known) known.push(each)
      else items.set(each.item, [each])
    }
    return items
  }
  let agree = 0
  let total = 0
  const meet = (x: Judgement, y: Judgement) => {
    if (x.rater === y.rater) return
    total++
    if (x.choice === y.choice) agree++
  }
  const left = counts(these)
  if (those === undefined) {
    for (const group of left.values()) for (const [nth, x] of group.entries()) for (const y of group.slice(nth + 1)) meet(x, y)
  } else {
    const right = counts(those)
    for (const [item, group] of left) for (const x of group) for (const y of right.get(item) ?? []) meet(x, y)
  }
  return { agree, total, ratio: agree / total }
}

/** A judge on one item, asked twice with the sides swapped; each answer told in terms of the sides, not of the positions. */
export interface TwoOrders {
  /** What it said when `a` was shown first; null when no verdict could be read. */
  aFirst: 'a' | 'b' | 'tie' | null
  bFirst: 'a' | 'b' | 'tie' | null
  /** The side that is better, where it is known. */
  gold?: 'a' | 'b'
}

export interface JudgeQuality {
  items: number
  /** Share of items on which both orders were readable and said the same. */
  consistency: number
  /** Of all readable decisions for a side, those for the side shown first. 0.5 is no bias. */
  firstShare: number
  /** Verdicts that could not be read, and items on which neither could. Neither counts as consistent. */
  unreadable: number
  unreadableBoth: number
  /** Against gold, where there is any: right when a was first, right when b was first, right both times. */
  correct: { items: number; aFirst: number; bFirst: number; both: number }
}

/** How far a judge can be trusted: whether it says the same when the sides are swapped, and whether that is right. */
export function judgeQuality(asked: readonly TwoOrders[]): JudgeQuality {
  let same = 0
  let first = 0
  let decided = 0
  let unreadable = 0
  let unreadableBoth = 0
  const correct = { items: 0, aFirst: 0, bFirst: 0, both: 0 }
  for (const { aFirst, bFirst, gold } of asked) {
    if (aFirst === bFirst && aFirst !== null) same++
    if (aFirst === bFirst && aFirst === null) unreadableBoth++
    for (const [said, shownFirst] of [
      [aFirst, 'a'],
      [bFirst, 'b'],
    ]) {
      if (said === null) unreadable++
      else if (said !== 'tie') {
        decided++
        if (said === shownFirst) first++
      }
    }
    if (gold === undefined) continue
    correct.items++
    if (aFirst === gold) correct.aFirst++
    if (bFirst === gold) correct.bFirst++
    if (aFirst === gold && bFirst === gold) correct.both++
  }
  return { items: asked.length, consistency: same / asked.length, firstShare: first / decided, unreadable, unreadableBoth, correct }
}
