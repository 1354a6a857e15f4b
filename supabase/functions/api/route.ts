import type { ErrorCode } from '@agon/runner-core/errors'
import type { z } from 'zod'
import type { shapes } from './responses.ts'

/** A route as data: enough to serve it here and to describe it in the OpenAPI document. */
export interface Route {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** Below /api, with parameters in braces. */
  path: string
  summary: string
  /** A signed-in user; any caller that says who it is, an application by its key; or who runs the project, by a secret key. Without it the route is open. */
  caller?: 'user' | 'any' | 'operator'
  query?: z.ZodObject
  params?: z.ZodObject
  headers?: z.ZodObject
  body?: z.ZodType
  /** The most bytes of the body, where 512 KiB do not do. */
  bodyBytes?: number
  /** The body may also be the fields of an HTML form. */
  forms?: true
  /** A driver's calls about what it holds a lease of: they are counted apart from what a user makes. */
  leased?: true
  /** What the answer is when it is no JSON document but a text, or a stream of rows. */
  streams?: readonly string[]
  /** By status: what it means, and its shape among the responses. A route that asks for a caller can also answer with a problem. */
  responses: Readonly<Record<number, readonly [description: string, shape: keyof typeof shapes]>>
  /** The problems of its own. Those that follow from its caller and its parts are known without being named. */
  errors?: readonly ErrorCode[]
}

type Part = 'query' | 'params' | 'headers' | 'body'

/** A request that may be served: who asks, and every part the route names as its schema made it. */
export type Parsed<R extends Route> = {
  user: R extends { caller: 'user' } ? string : string | null
  /** The request shows a secret key of the project. */
  operator: boolean
  /** As it came, for what no schema describes: its body is read. */
  request: Request
} & {
  [P in keyof R & Part]: z.output<R[P] & z.ZodType>
}

export type Handler<R extends Route> = (request: Parsed<R>) => Response | Promise<Response>
