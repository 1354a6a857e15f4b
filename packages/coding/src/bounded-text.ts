/** Keeps the beginning and the end of what a program says, half of the bound each, and counts the rest. */
export function boundedText(mostBytes: number) {
  const half = Math.floor(mostBytes / 2)
  const head: Buffer[] = []
  let tail: Buffer[] = []
  let headBytes = 0
  let tailBytes = 0
  let total = 0
  return {
    add(chunk: Buffer): void {
      total += chunk.length
      const fits = Math.min(chunk.length, half - headBytes)
      if (fits > 0) {
        head.push(chunk.subarray(0, fits))
        headBytes += fits
      }
      if (fits === chunk.length) return
      tail.push(chunk.subarray(fits))
      tailBytes += chunk.length - fits
      if (tailBytes > 4 * half) trim()
    },
    get total() {
      return total
    },
    get isCut() {
      return total > headBytes + Math.min(tailBytes, half)
    },
    text(): string {
      trim()
      const left = total - headBytes - tailBytes
      return `${Buffer.concat(head).toString('utf8')}${left > 0 ? `\n[${left} bytes left out]\n` : ''}${Buffer.concat(tail).toString('utf8')}`
    },
  }

  function trim(): void {
    if (tailBytes <= half) return
    const kept = Buffer.concat(tail)
    tail = [Buffer.from(kept.subarray(kept.length - half))]
    tailBytes = half
  }
}
