import { connectTo, noHint, stepQuery } from './engines/agon.ts'

/** Claims one job, says so, and waits to be killed. */
const client = await connectTo(process.argv[2]!)
const { rows } = await client.query({ ...stepQuery, values: ['0', [], 'noop', 'abandoner', 1, noHint] })
if (rows.length === 1) process.send?.('claimed')
setInterval(() => undefined, 60_000)
