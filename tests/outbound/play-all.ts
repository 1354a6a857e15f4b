import { type Outcome, play, scenarios } from './scenarios.ts'

// Run by Deno, as the functions run: the place in, the outcomes out.
declare const Deno: { args: string[]; exit(code: number): never }

const outcomes: Record<string, Outcome> = {}
for (const name of Object.keys(scenarios)) outcomes[name] = await play(JSON.parse(Deno.args[0]!), name)
console.log(JSON.stringify(outcomes))
Deno.exit(0)
