import type { ServerResponse } from 'node:http'

/** What the platform itself answers in a function's place, with the hosted platform's codes and statuses. */
export const functionErrors = {
  NOT_FOUND: { status: 404, message: 'Requested function was not found' },
  UNAUTHORIZED_NO_AUTH_HEADER: { status: 401, message: 'Missing authorization header' },
  UNAUTHORIZED_INVALID_JWT_FORMAT: { status: 401, message: 'Invalid JWT' },
  UNAUTHORIZED_INVALID_JWT: { status: 401, message: 'Invalid JWT' },
  UNAUTHORIZED_INVALID_API_KEY: { status: 401, message: 'Invalid API key' },
  BOOT_ERROR: { status: 503, message: 'Function failed to start (please check logs)' },
  EDGE_FUNCTION_ERROR: { status: 502, message: 'Function ended without answering (please check logs)' },
  WORKER_RESOURCE_LIMIT: { status: 546, message: 'Function failed due to not having enough compute resources (please check logs)' },
  IDLE_TIMEOUT: { status: 504, message: 'The request did not get an answer in time' },
} as const

export type FunctionErrorCode = keyof typeof functionErrors

export function answerWithError(response: ServerResponse, code: FunctionErrorCode): void {
  if (response.headersSent) {
    response.destroy() // half an answer is cut off, never finished with something else
    return
  }
  const { status, message } = functionErrors[code]
  response.writeHead(status, {
    'content-type': 'application/json',
    'sb-error-code': code,
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'sb-error-code',
  })
  response.end(JSON.stringify({ code, message }))
}
