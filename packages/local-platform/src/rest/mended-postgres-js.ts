import { registerHooks } from 'node:module'

/*
 * postgres.js 3.4.9, which the REST service stands on, takes a broken connection badly at three moments: between the statements of a reserved
 * connection (it writes to a socket that is gone, in a setImmediate, which ends the process), when such a connection is released (it counts as
 * open from then on, and every query given to it fails), and while a new connection reads the array types (a promise nobody holds, which
 * ends the process too). A PostgreSQL that restarts under load meets all of them within seconds; PostgREST survives that, and so must its
 * stand-in. node_modules stays as it was installed: the lines are mended where the modules are loaded.
 */
interface Mend {
  file: 'index.js' | 'connection.js'
  from: string
  to: string
}

const mends: Mend[] = [
  {
    file: 'connection.js',
    from: '    const x = socket.write(chunk, fn)\n',
    to: `    if (socket === null) {
      chunk = nextWriteTimer = null
      error(Errors.connection('CONNECTION_CLOSED', options))
      return true
    }
    const x = socket.write(chunk, fn)\n`,
  },
  {
    // A timer that was cleared and not forgotten would keep every later write of this connection waiting.
    file: 'connection.js',
    from: '    socket.removeAllListeners()\n    socket = null\n',
    to: '    socket.removeAllListeners()\n    socket = null\n    chunk = nextWriteTimer = null\n',
  },
  {
    file: 'connection.js',
    from: '        return fetchArrayTypes()\n',
    to: '        return fetchArrayTypes().catch(errored)\n',
  },
  {
    file: 'index.js',
    from: '    const sql = Sql(handler)\n    sql.release = () => {\n      c.reserved = null\n      onopen(c)\n    }\n',
    to: `    let gone = false
    c.onclose = (error) => {
      gone = true
      while (queue.length) queue.shift().reject(error)
    }
    const sql = Sql(handler)
    sql.release = () => {
      if (gone) return
      c.onclose = null
      c.reserved = null
      onopen(c)
    }\n`,
  },
  {
    file: 'index.js',
    from: '    function handler(q) {\n      c.queue === full\n        ? queue.push(q)\n        : c.execute(q) || move(c, full)\n    }\n  }\n',
    to: `    function handler(q) {
      if (gone) return q.reject(Errors.connection('CONNECTION_CLOSED', options))
      c.queue === full
        ? queue.push(q)
        : c.execute(q) || move(c, full)
    }
  }\n`,
  },
]

const fileOf = (url: string) => /\/postgres\/src\/((?:index|connection)\.js)$/.exec(url)?.[1]

let mended = false

/** Mends postgres.js as it is loaded from now on. A version that reads otherwise is loaded as it is. */
export function mendPostgresJs(): void {
  if (mended) return
  mended = true
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context)
      const file = fileOf(url)
      if (!file || !loaded.source) return loaded
      const source = mends
        .filter((mend) => mend.file === file)
        .reduce((text, { from, to }) => text.replace(from, to), String(loaded.source))
      return { ...loaded, source }
    },
  })
}

/** The mends that find their lines no more. */
export const missingMends = (read: (file: Mend['file']) => string): string[] =>
  mends.flatMap(({ file, from }) => (read(file).includes(from) ? [] : [`${file}: ${from}`]))
