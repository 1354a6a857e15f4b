import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleForBrowser } from '@agon/browser/bundle'
import type { Arena } from './arena.ts'
import { projectDir } from './arena.ts'
import type { Chromium, Tab } from './chromium.ts'
import { startWireServer } from './wire-server.ts'

/** The example page of packages/browser, bundled and served as an application would serve it. */
export async function startLocalPage() {
  const folder = mkdtempSync(join(tmpdir(), 'agon-page-'))
  const files = await bundleForBrowser(folder)
  const page = readFileSync(join(projectDir, 'packages/browser/example/index.html'), 'utf8')
  const server = await startWireServer(({ path }, response) => {
    const script = files.get(path.slice(1))
    if (path === '/') return response.writeHead(200, { 'content-type': 'text/html' }).end(page)
    return script === undefined ? response.writeHead(404).end() : response.writeHead(200, { 'content-type': 'text/javascript' }).end(script)
  })
  return {
    url: server.url,
    files,
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const typed = (form: string, fields: Record<string, string>) => `{
  const form = document.getElementById(${JSON.stringify(form)})
  for (const [name, value] of Object.entries(${JSON.stringify(fields)})) form.elements[name].value = value
  form.requestSubmit()
}`

/** A tab of the page, ready for its user. */
export async function openPage(chromium: Chromium, url: string): Promise<Tab> {
  const tab = await chromium.open(url)
  await tab.until(`document.body?.dataset.ready === 'true'`)
  return tab
}

export async function keepKey(tab: Tab, provider: string, key: string, baseUrl: string): Promise<void> {
  await tab.evaluate(typed('keys', { provider, key, baseUrl }))
  await tab.until(`document.getElementById('kept').textContent.includes(${JSON.stringify(baseUrl)})`)
}

export async function answerBattles(tab: Tab, { platform, asOwner }: Pick<Arena, 'platform' | 'asOwner'>): Promise<void> {
  await tab.evaluate(typed('drive', { agonUrl: platform.url, token: asOwner.authorization.replace('Bearer ', '') }))
}
