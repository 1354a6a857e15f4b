import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectSecure } from 'node:tls'
import type { Target } from './target.ts'

/**
 * Opens a connection to an address that was checked; the name is not resolved again, so no second answer of its resolver can move it. The
 * certificate is checked against the name all the same.
 *
 * By sockets, because the hosted functions' runtime (Deno 2.1) knows no other way: there `lookup` of node:https throws, its
 * `createConnection` is passed over in silence and the name resolved once more, and fetch takes no address.
 */
export function openConnection(
  { hostname, port, secure, isAddress }: Target,
  address: string,
  { signal, authorities }: { signal: AbortSignal; authorities: string[] | undefined },
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const place = { host: address, port }
    const socket = secure
      ? connectSecure({
          ...place,
          ...(isAddress ? {} : { servername: hostname }),
          ...(authorities ? { ca: authorities } : {}),
          ALPNProtocols: ['http/1.1'],
          rejectUnauthorized: true,
        })
      : connectPlain(place)
    const stop = () => settle(() => reject(signal.reason))
    const settle = (end: () => void) => {
      signal.removeEventListener('abort', stop)
      socket.off('error', failed)
      // A socket that fails after this is somebody's no more.
      socket.on('error', () => undefined)
      end()
    }
    const failed = (error: Error) => {
      socket.destroy()
      settle(() => reject(error))
    }
    socket.once(secure ? 'secureConnect' : 'connect', () => settle(() => resolve(socket)))
    socket.once('error', failed)
    socket.once('close', () => failed(new Error('the connection was closed')))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    signal.addEventListener('abort', () => socket.destroy(), { once: true })
  })
}
