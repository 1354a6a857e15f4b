import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP proxy on the way to a server, where connections can be made to fail in the ways a network fails them. */
export interface Passage {
  port: number
  /** Nothing passes, on old and new connections, until resume(): a network that has gone quiet. */
  stall(): void
  resume(): void
  /** Every connection that is open breaks, both ends told at once. */
  reset(): void
  /** Every connection that is open stays open and passes nothing, ever: half-open. New ones are as they should be. */
  swallow(): void
  close(): Promise<void>
}

interface Pair {
  near: Socket
  far: Socket | undefined
  swallowed: boolean
}

export async function startPassage(target: number): Promise<Passage> {
  const pairs = new Set<Pair>()
  let stalled = false

  function open(pair: Pair): void {
    const far = connect(target, '127.0.0.1')
    pair.far = far
    const { near } = pair
    const end = () => {
      pairs.delete(pair)
      near.destroy()
      far.destroy()
    }
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.setNoDelay(true)
      from.on('data', (data) => {
        if (!pair.swallowed && !to.destroyed) to.write(data)
      })
      from.on('error', () => undefined)
      // Who looks at a half-open connection from the near end sees nothing of what becomes of the far one.
      from.on('close', () => (pair.swallowed && from === far ? undefined : end()))
    }
    if (stalled) quiet(pair)
    else near.resume()
  }
  const quiet = ({ near, far }: Pair) => {
    near.pause()
    far?.pause()
  }

  const server = createServer((near) => {
    const pair: Pair = { near, far: undefined, swallowed: false }
    pairs.add(pair)
    near.on('error', () => undefined)
    near.pause()
    if (!stalled) open(pair)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    stall() {
      stalled = true
      for (const pair of pairs) quiet(pair)
    },
    resume() {
      stalled = false
      for (const pair of pairs) {
        if (!pair.far) open(pair)
        pair.near.resume()
        pair.far?.resume()
      }
    },
    reset() {
      for (const { near, far } of [...pairs]) {
        near.resetAndDestroy()
        far?.resetAndDestroy()
      }
      pairs.clear()
    },
    swallow() {
      for (const pair of pairs) {
        pair.swallowed = true
        pair.far?.destroy() // the server is told; who waits at the near end is not
      }
    },
    close: () =>
      new Promise<void>((resolve) => {
        for (const { near, far } of pairs) {
          near.destroy()
          far?.destroy()
        }
        server.close(() => resolve())
      }),
  }
}
