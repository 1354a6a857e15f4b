/** A source of chance that a seed repeats: sfc32 (Chris Doty-Humphrey, PractRand), seeded from a text. */
export interface Dice {
  /** In [0, 1). */
  roll(): number
  /** A whole number, both ends included. */
  between(least: number, most: number): number
  chance(probability: number): boolean
  pick<T>(choices: readonly T[]): T
  /** Each choice as often as the others: every choice once, in a drawn order, before any comes again. */
  deal<T>(choices: readonly T[]): () => T
}

export function createDice(seed: string): Dice {
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x2545f491]
  for (const character of seed) {
    a = Math.imul(a ^ character.codePointAt(0)!, 0x85ebca6b)
    ;[a, b, c, d] = [b ^ (a >>> 13), c + a, d ^ b, a + c]
  }
  const roll = () => {
    const sum = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 2 ** 32
  }
  for (let nth = 0; nth < 16; nth++) roll()
  const between = (least: number, most: number) => least + Math.floor(roll() * (most - least + 1))
  return {
    roll,
    between,
    chance: (probability) => roll() < probability,
    pick: (choices) => choices[Math.floor(roll() * choices.length)]!,
    deal: (choices) => {
      let left: typeof choices = []
      return () => {
        if (left.length === 0) left = [...choices]
        const nth = Math.floor(roll() * left.length)
        const dealt = left[nth]!
        left = left.filter((_, index) => index !== nth)
        return dealt
      }
    },
  }
}
