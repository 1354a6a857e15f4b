import type { MediaTools } from '../../ports/index.ts'
import type { NodeRunner } from '../node-runner.ts'
import { mediaConvertRunner } from '../tools/media-convert.ts'

/** What nodes of job kind workflow_program do: programs of the machine, which a worker alone has. */
export const programRunners = (tools: Pick<MediaTools, 'convert'>): Readonly<Record<string, NodeRunner>> => ({
  media_convert: mediaConvertRunner(tools),
})
