import { lookup } from 'node:dns'

/** Every address of a name. Rejects when it has none. */
export type Resolve = (hostname: string) => Promise<string[]>

/** As the system resolves, hosts file included: the addresses a connection by name would have used. */
export const resolveBySystem: Resolve = (hostname) =>
  new Promise((resolve, reject) => {
    lookup(hostname, { all: true }, (error, found) => (error ? reject(error) : resolve(found.map(({ address }) => address))))
  })
