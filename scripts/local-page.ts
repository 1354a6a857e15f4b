import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleForBrowser } from '@agon/browser/bundle'
import { root } from './root.ts'

// npm run local-page [-- <port>]: the example page of packages/browser on this machine, for trying user_byok_local (docs/local-keys.md).
const port = Number(process.argv[2] ?? 4173)
const files = await bundleForBrowser(join(tmpdir(), `agon-local-page-${process.pid}`))
const page = await readFile(join(root, 'packages/browser/example/index.html'), 'utf8')

createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname
  const script = files.get(path.slice(1))
  if (path === '/') response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page)
  else if (script !== undefined) response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(script)
  else response.writeHead(404).end()
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port} answers your battles with the keys you give it; Ctrl-C stops it.`))
