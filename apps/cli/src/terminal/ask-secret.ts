import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { usageError } from '../cli-error.ts'

/**
 * A secret, typed without an echo, or piped in. Never an argument: other users of the machine see those, and the shell keeps them. A line
 * break at the end of what is piped is not part of it.
 */
export async function askSecret(what: string, signal: AbortSignal): Promise<string> {
  const secret = process.stdin.isTTY ? await typed(`${what}: `, signal) : (await text(process.stdin)).replace(/\r?\n$/, '')
  if (secret.trim() === '') throw usageError(`${what} is empty.`, 'Type it when asked, or pipe it in: agon keys add openai < key.txt')
  return secret
}

async function typed(question: string, signal: AbortSignal): Promise<string> {
  process.stderr.write(question)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const line = createInterface({ input: process.stdin, output: silent, terminal: true })
  // In raw mode Ctrl-C is a key like any other.
  line.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    return await line.question('', { signal })
  } finally {
    line.close()
    process.stderr.write('\n')
  }
}
