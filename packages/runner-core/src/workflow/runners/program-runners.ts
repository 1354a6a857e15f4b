import type { NodeRunner } from '../node-runner.ts'
import { type MediaConverter, mediaConvertRunner } from '../tools/media-convert.ts'

/** What nodes of job kind workflow_program do: programs of the machine, which a worker alone has. */
export const programRunners = (tools: MediaConverter): Readonly<Record<string, NodeRunner>> => ({
  media_convert: mediaConvertRunner(tools),
})
