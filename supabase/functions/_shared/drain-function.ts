import { createProviders, providerConfiguration } from '@agon/providers'
import type { Line } from '@agon/runner-core'
import { drainLine } from './drain-line.ts'

/** A function that drains one line of jobs by calling providers. */
// biome-ignore lint/suspicious/noExplicitAny: a line is closed over the type of its own jobs
export const drainFunction = (line: Line<any>): ((request: Request) => Promise<Response>) =>
  drainLine(line, { providers: createProviders(providerConfiguration(Deno.env.toObject())) })
