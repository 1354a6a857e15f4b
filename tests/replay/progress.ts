const width = 30

export interface Progress {
  /** One more is done. */
  step(): void
  /** A line of its own, above the bar where there is one. */
  line(text: string): void
  end(): void
}

/** A bar on a terminal; elsewhere, such as in a log, nothing but the lines. */
export function startProgress(total: number, stream: NodeJS.WriteStream): Progress {
  const began = performance.now()
  let done = 0
  const draw = () => {
    const filled = Math.round((done / total) * width)
    const rate = done / ((performance.now() - began) / 1000)
    const left = rate > 0 ? `, ${Math.ceil((total - done) / rate)} s left` : ''
    stream.write(`\r\u001b[K${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done}/${total}, ${rate.toFixed(1)} battles/s${left}`)
  }
  const bar = stream.isTTY ? draw : () => undefined
  const clear = () => void (stream.isTTY && stream.write('\r\u001b[K'))
  return {
    step() {
      done += 1
      bar()
    },
    line(text) {
      clear()
      stream.write(`${text}\n`)
      bar()
    },
    end: clear,
  }
}
