interface Named {
  kind: string
}

interface Round<L> {
  /** Lines of which a claim may find something; the others are not asked. One that gave all it was asked for stays open. */
  open: Set<L>
  /** Slots that are free now. */
  free(): number
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
  /** Claims of one open line; whether it may have more. */
  async function ask({ open, claim }: Round<L>, line: L, most: number): Promise<{ got: number; more: boolean }> {
    open.delete(line)
    const got = await claim(line, most)
    if (got === most) open.add(line)
    return { got, more: got === most }
  }

  async function inOrder(round: Round<L>): Promise<void> {
    for (const line of lines) {
      if (!round.open.has(line)) continue
      const most = round.free()
      if (most < 1) return // it stays open
      await ask(round, line, most)
    }
  }

  const shares = lines.map((line) => ({ line, weight: weights?.[line.kind] ?? 1, had: 0 }))
  async function byWeight(round: Round<L>): Promise<void> {
    const { open, free } = round
    let asking = shares.filter(({ line }) => open.has(line))
    while (asking.length > 0) {
      asking.sort((a, b) => a.had - b.had)
      const began = free()
      const total = asking.reduce((sum, { weight }) => sum + weight, 0)
      const busy: typeof asking = []
      const dry: typeof asking = []
      for (const share of asking) {
        const most = Math.min(free(), Math.max(1, Math.floor((began * share.weight) / total)))
        if (most < 1) return level(dry, busy)
        const { got, more } = await ask(round, share.line, most)
        share.had += got / share.weight
        ;(more ? busy : dry).push(share)
      }
      level(dry, busy)
      asking = busy
    }
  }

  /** Those that had nothing to do begin where those that had are. */
  function level(dry: typeof shares, busy: typeof shares): void {
    const least = Math.min(...busy.map(({ had }) => had))
    if (Number.isFinite(least)) for (const share of dry) share.had = Math.max(share.had, least)
  }

  return { round: weights === undefined ? inOrder : byWeight }
}
