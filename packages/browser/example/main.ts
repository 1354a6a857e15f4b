import { type LocalDriver, openKeyVault, startLocalDriver } from '../src/index.ts'

// The smallest page that answers battles with its user's own keys. An application signs its user in and renews the token by itself.

const element = (id: string) => document.getElementById(id)!
const fields = (form: HTMLElement) =>
  Object.fromEntries([...new FormData(form as HTMLFormElement)].map(([name, value]) => [name, String(value)])) as Record<string, string>
const say = (line: string) => {
  element('log').textContent += `${line}\n`
}

const keys = await openKeyVault()
let driver: LocalDriver | undefined

async function showKeys(): Promise<void> {
  element('kept').replaceChildren(
    ...(await keys.list()).map(({ provider, hint, baseUrl }) => {
      const item = document.createElement('li')
      const forget = document.createElement('button')
      forget.type = 'button'
      forget.textContent = 'Forget it'
      forget.onclick = async () => {
        await keys.remove(provider)
        await showKeys()
      }
      item.append(`${provider} ${hint}${baseUrl ? ` at ${baseUrl}` : ''}`, forget)
      return item
    }),
  )
}

element('keys').onsubmit = async (event) => {
  event.preventDefault()
  const { provider = '', key = '', baseUrl = '' } = fields(element('keys'))
  try {
    await keys.put(provider, key, { baseUrl })
    ;(element('keys') as HTMLFormElement).reset()
  } catch (error) {
    say(error instanceof Error ? error.message : String(error))
  }
  await showKeys()
}

element('drive').onsubmit = async (event) => {
  event.preventDefault()
  const { agonUrl = '', token = '' } = fields(element('drive'))
  await driver?.stop()
  driver = startLocalDriver({ agonUrl, token, keys, pollMs: 1000, log: (entry) => say(JSON.stringify(entry)) })
  say('waiting for battles')
}
element('stop').onclick = async () => {
  await driver?.stop()
  say('stopped')
}

await showKeys()
document.body.dataset.ready = 'true'
