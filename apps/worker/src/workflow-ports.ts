import { createHostGuard } from '@agon/outbound'
import { createModeration } from '@agon/providers/moderation'
import type { StepWorld } from '@agon/runner-core'
import { type Connection, createCallableRpcs } from '@agon/store'
import { createDocuments } from '@agon/tools/documents'
import { createWorkflowFiles } from '@agon/tools/files'
import { createMail } from '@agon/tools/mail'
import { createSandbox } from '@agon/tools/sandbox'
import { createSearch } from '@agon/tools/search'
import type { WorkerConfiguration } from './configuration.ts'

interface Given {
  configuration: WorkerConfiguration
  environment: Record<string, string | undefined>
  connection: Connection
  project: { url: string; secretKey: string }
}

/** What nodes of workflows use of the outside, as a process without an edge function's limits has it: every port of a mail server, and five seconds of code. */
export const workflowPorts = ({ configuration, environment, connection, project }: Given): Partial<StepWorld> => ({
  search: createSearch(environment),
  moderation: createModeration(environment),
  sandbox: createSandbox(),
  mail: createMail({ guard: createHostGuard({ allow: configuration.AGON_OUTBOUND_ALLOW }) }),
  files: createWorkflowFiles(project),
  documents: createDocuments(),
  rpcs: createCallableRpcs(connection),
})
