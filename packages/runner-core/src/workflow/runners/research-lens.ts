import { z } from 'zod'
import { stepError } from '../../errors.ts'
import { dataRules, fencedPrompt, strictObject } from '../../judge/fenced-prompt.ts'
import { neutralise } from '../../judge/neutralise.ts'
import type { SearchHit } from '../../ports/index.ts'
import { ok, type Result } from '../../result.ts'
import type { NodeOutputEnvelope } from '../envelope.ts'
import type { NodeContext, NodeOutcome, NodeRunner } from '../node-runner.ts'
import { saidJson } from './said-json.ts'
import { addSpent, askText, type Spent } from './text-call.ts'
import { answered, failedAnswer, promptOf, systemOf } from './text-lens.ts'

/** What a search takes as a query. */
const queryChars = 400
/** Of one page, as the model is shown it. */
const pageChars = 6_000

const schema = strictObject({
  findings: {
    type: 'array',
    items: strictObject({
      claim: { type: 'string', description: 'One statement that its sources support.' },
      sources: { type: 'array', items: { type: 'integer' }, description: 'The numbers of the sources that say so.' },
    }),
  },
  summary: { type: 'string', description: 'An answer in prose, made of the findings alone.' },
})
const synthesis = z.object({
  findings: z.array(z.object({ claim: z.string(), sources: z.array(z.union([z.number(), z.string()])) })),
  summary: z.string(),
})

/**
 * Lens kind research: searches, lets the model read what was found, and keeps who said what: `{findings: [{claim, source_urls}],
 * sources: [{url, title}], summary}`. The model names sources by number, so it cannot name one that the search did not return; a claim
 * without one is left out, and the log says so.
 */
export const researchLens: NodeRunner = async (context) => {
  const { world, job, signal, timeoutMs, note } = context
  if (!world.search)
    return { kind: 'failed', error: stepError('capability_missing', 'This driver has no search: set TAVILY_API_KEY (docs/lenses.md).') }
  const startedAt = world.clock.now()
  const limits = searchOf.catch(() => searchOf.parse({})).parse(context.config.search ?? {})
  const plan = await queriesOf(context, limits.queries)
  if (!plan.ok) return plan.error
  const { queries } = plan.value
  const hits: SearchHit[] = []
  let searched = plan.value.spent
  for (const query of queries) {
    const found = await world.search.search(
      { query, most: limits.results, ...(limits.topic && { topic: limits.topic }) },
      { signal, timeoutMs: Math.min(timeoutMs, 20_000) },
    )
    if (!found.ok) return failedAnswer(found.error, searched)
    searched = addSpent(searched, found.value)
    for (const hit of found.value.hits) if (!hits.some(({ url }) => url === hit.url)) hits.push(hit)
  }
  if (hits.length === 0) {
    const data = { findings: [], sources: [], summary: '' }
    note({ type: 'node.log', data: { message: 'The search found nothing.', queries } })
    const envelope: NodeOutputEnvelope = { kind: 'research', artifact_kind: 'json', output: '', data }
    return { kind: 'completed', result: { envelope, ports: ['output'], ...searched } }
  }
  const { fence, prompt } = fencedPrompt(
    context.idempotencyKey,
    hits.map(({ title, url, content }, nth) => ({
      name: `SOURCE ${nth + 1}`,
      text: neutralise(`${title}\n${url}\n\n${content}`, pageChars),
    })),
    promptOf(context),
  )
  const asked = await askText(
    { ...context, timeoutMs: Math.max(1, timeoutMs - (world.clock.now() - startedAt)) },
    {
      prompt,
      system: `${systemOf(context) ?? 'You answer from sources and from nothing else.'}\n\n${dataRules(fence)}\n\nName sources by their numbers. What no source says, you do not say.`,
      schema: { name: 'research', schema },
    },
  )
  if (!asked.ok) {
    const { error } = asked
    return error.kind === 'failed'
      ? failedAnswer(error.error, addSpent(searched, { ...(error.error.costUsd !== undefined && { costUsd: error.error.costUsd }) }))
      : error
  }
  const spent = { ...asked.value, ...addSpent(asked.value, searched) }
  const said = saidJson(asked.value, job.nodeId)
  if (!said.ok) return failedAnswer(said.error, spent)
  const read = synthesis.safeParse(said.value)
  if (!read.success)
    return failedAnswer(stepError('output_contract_violation', `${job.nodeId}: the research is not of findings and a summary.`), spent)
  const data = kept(read.data, hits, context)
  return answered({ kind: 'research', artifact_kind: 'json', output: data.summary, data }, spent)
}

function kept({ findings, summary }: z.output<typeof synthesis>, hits: SearchHit[], { note }: NodeContext) {
  const urlsOf = (sources: (number | string)[]) => [
    ...new Set(
      sources.flatMap((named) => {
        const nth = typeof named === 'number' ? named : /^\D*(\d+)\D*$/.test(named) ? Number(/\d+/.exec(named)![0]) : Number.NaN
        const hit = hits[nth - 1] ?? hits.find(({ url }) => url === named)
        return hit ? [hit.url] : []
      }),
    ),
  ]
  const sourced = findings.map(({ claim, sources }) => ({ claim, source_urls: urlsOf(sources) }))
  const without = sourced.filter(({ source_urls }) => source_urls.length === 0)
  if (without.length > 0)
    note({ type: 'node.log', data: { message: 'Claims without a source that the search returned were left out.', claims: without.length } })
  return {
    findings: sourced.filter(({ source_urls }) => source_urls.length > 0),
    sources: hits.map(({ url, title, publishedAt }) => ({ url, title, ...(publishedAt && { published_at: publishedAt }) })),
    summary,
  }
}

const planned = z.object({ queries: z.array(z.string()).min(1) })
const searchOf = z.object({ queries: z.number().default(3), results: z.number().default(5), topic: z.enum(['general', 'news']).optional() })

/** What to look up: as the inputs say, else as the model plans it; a question that is short enough is its own query, too. */
async function queriesOf(context: NodeContext, most: number): Promise<Result<{ queries: string[]; spent: Spent }, NodeOutcome>> {
  const { inputs } = context
  const listed = [...(Array.isArray(inputs.queries) ? inputs.queries : []), inputs.query]
  const given = listed.filter((query): query is string => typeof query === 'string' && query.trim() !== '')
  const cut = (queries: string[]) => queries.slice(0, most).map((query) => query.trim().slice(0, queryChars))
  if (given.length > 0) return ok({ queries: cut(given), spent: {} })
  const question = promptOf(context).trim()
  if (most === 1) return ok({ queries: cut([question]), spent: {} })
  const asked = await askText(context, {
    part: 'queries',
    prompt: question,
    system: `You plan a search of the web. Give at most ${most} queries that together find what is needed, each of at most 200 characters.`,
    schema: { name: 'queries', schema: strictObject({ queries: { type: 'array', items: { type: 'string' } } }) },
  })
  if (!asked.ok) return asked
  const said = saidJson(asked.value, context.job.nodeId)
  const read = planned.safeParse(said.ok ? said.value : undefined)
  const queries = read.success ? read.data.queries.filter((query) => query.trim() !== '') : []
  return ok({ queries: cut(queries.length > 0 ? queries : [question]), spent: addSpent(asked.value) })
}
