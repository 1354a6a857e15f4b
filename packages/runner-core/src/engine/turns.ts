interface Named {
  kind: string
}

interface Round<L> {
  /** Slots that are free now. */
  free(): number
  /** A claim of it may find something. */
  isOpen(line: L): boolean
  /** Claims up to so many of a line, and starts them; how many there were. */
  claim(line: L, most: number): Promise<number>
}

/**
 * In which order a dispatcher asks its lines for work, and for how much of it.
 *
 * Without weights each line in turn gets all that is free. With weights it is a fair share: the line that has had least for its weight is
 * asked first, no line takes more than its share while others may have work, and what the others leave is shared out again. A line that
 * had nothing saves up nothing: it goes on at where the others are.
 */
export function createTurns<L extends Named>(lines: readonly L[], weights?: Readonly<Record<string, number>>) {
  async function inOrder({ free, isOpen, claim }: Round<L>): Promise<void> {
    for (const line of lines.filter(isOpen)) {
      const most = free()
      if (most < 1) return
      await claim(line, most)
    }
  }

  const shares = lines.map((line) => ({ line, weight: weights?.[line.kind] ?? 1, had: 0 }))
  async function byWeight({ free, isOpen, claim }: Round<L>): Promise<void> {
    let asking = shares.filter(({ line }) => isOpen(line))
    while (asking.length > 0) {
      asking.sort((a, b) => a.had - b.had)
      const began = free()
      const total = asking.reduce((sum, { weight }) => sum + weight, 0)
      const more: typeof asking = []
      const dry: typeof asking = []
      for (const share of asking) {
        const most = Math.min(free(), Math.max(1, Math.floor((began * share.weight) / total)))
        if (most < 1) return level(dry, more)
        const got = await claim(share.line, most)
        share.had += got / share.weight
        ;(got === most ? more : dry).push(share)
      }
      level(dry, more)
      asking = more
    }
  }

  /** Those that had nothing to do begin where those that had are. */
  function level(dry: typeof shares, busy: typeof shares): void {
    const least = Math.min(...busy.map(({ had }) => had))
    if (Number.isFinite(least)) for (const share of dry) share.had = Math.max(share.had, least)
  }

  return { round: weights === undefined ? inOrder : byWeight }
}
