import type { ServerResponse } from 'node:http'

/*
 * What a platform that is being stopped answers to whatever it does not serve any more. A connection that is cut instead tells its client
 * nothing: neither that asking again helps, nor when.
 */
const body = (message: string) =>
  JSON.stringify({ code: 'platform_stopping', message, details: null, hint: 'Ask again when the platform has been started again.' })

const headers = { 'content-type': 'application/json', 'access-control-allow-origin': '*' }

/** For what comes too late, and has not been begun. */
const notBegun = 'The platform is stopping.'
/** For what was begun and outlasts the patience of the stop. Its transaction may have been committed a moment before. */
const notFinished = 'The platform stopped before this was answered; whether it was done is not known.'

export const refusal = (begun = false): Response => new Response(body(begun ? notFinished : notBegun), { status: 503, headers })

/** Half an answer cannot become another one: it is cut off. */
export function refuse(response: ServerResponse, begun = false): void {
  if (response.headersSent) response.destroy()
  else response.writeHead(503, headers).end(body(begun ? notFinished : notBegun))
}
