import { z } from 'zod'
import { stepError } from '../../errors.ts'
import type { NodeOutputEnvelope } from '../envelope.ts'
import type { NodeRunner } from '../node-runner.ts'
import { configured, oneLine } from './configured.ts'
import { filePath } from './file-place.ts'
import { lacks } from './lacks.ts'

const pdf = z.object({
  title: oneLine(300).optional(),
  key: oneLine(300).min(1).optional(),
  folder: z.enum(['run', 'owner']).default('run'),
  unsupported_characters: z.enum(['fail', 'replace']).default('fail'),
})

const source = z.object({ url: z.url({ protocol: /^https?$/ }).max(2048), title: z.string().max(500).default('') })

/** A lens of kind pdf: prints its rendered template, which is Markdown, with the sources of what came in, and keeps the file. */
export const pdfRunner: NodeRunner = async (context) => {
  const { job, inputs, prompt, world, signal, timeoutMs } = context
  const { clock } = world
  if (job.lens?.kind !== 'pdf')
    return { kind: 'failed', error: stepError('internal', `A lens of kind ${String(job.lens?.kind)} is not a job of ${job.kind}.`) }
  if (!world.documents || !world.files) return lacks('print documents')
  const config = configured(pdf, context)
  if (!config.ok) return { kind: 'failed', error: config.error }
  const { folder, unsupported_characters } = config.value
  const path = filePath(job, folder, config.value.key ?? `${job.label.replaceAll(/[^A-Za-z0-9_-]/g, '-') || 'document'}.pdf`)
  if (!path.ok) return { kind: 'failed', error: path.error }
  const markdown = prompt.trim() === '' ? textOf(inputs.input) : prompt
  if (markdown.trim() === '') return { kind: 'failed', error: stepError('node_config', 'lens.template: there is nothing to print.') }
  const lensTitle = typeof job.lens?.title === 'string' ? job.lens.title : ''
  const until = clock.now() + timeoutMs
  const printed = await world.documents.pdf(
    { title: config.value.title ?? lensTitle, markdown, sources: sourcesOf(inputs), unsupported: unsupported_characters },
    { signal, timeoutMs },
  )
  if (!printed.ok) return { kind: 'failed', error: printed.error }
  const stored = await world.files.upload(
    { path: path.value, bytes: printed.value.bytes, mimeType: 'application/pdf', overwrite: true },
    { signal, timeoutMs: until - clock.now() },
  )
  if (!stored.ok) return { kind: 'failed', error: stored.error }
  const { pages, replaced } = printed.value
  const { url, bytes } = stored.value
  const envelope: NodeOutputEnvelope = {
    kind: 'pdf',
    artifact_kind: 'json',
    output: url,
    data: { output_type: 'pdf', path: stored.value.path, pages, bytes, ...(replaced.length > 0 && { replaced_characters: replaced }) },
    media: { url, mime: 'application/pdf' },
    metadata: { output_type: 'pdf', pages },
  }
  return { kind: 'completed', result: { envelope, ports: ['output'] } }
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value, null, 2)

/** Sources as a research lens gives them: of an input of that name, or of what came in whole. What is no link is left out. */
function sourcesOf(inputs: Record<string, unknown>): { title: string; url: string }[] {
  const lists = [inputs.sources, ...Object.values(inputs).map((value) => (value as { sources?: unknown } | null)?.sources)]
  const found = lists
    .filter(Array.isArray)
    .flat()
    .flatMap((each) => {
      const parsed = source.safeParse(each)
      return parsed.success ? [parsed.data] : []
    })
  return [...new Map(found.map((each) => [each.url, each])).values()].slice(0, 200)
}
