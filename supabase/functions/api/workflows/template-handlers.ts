import type { WorkflowTemplate } from '@agon/templates'
import { problem } from '../../_shared/problem.ts'
import type { Handlers } from '../routes.ts'
import type { templateRoutes } from './template-routes.ts'

/** The pack, loaded by the first request that asks for it. */
const loadTemplates = () => import('@agon/templates')

const none = (slug: string) => problem('not_found', `There is no template ${slug}; GET /api/workflow-templates lists them.`)

/** The templates that come with Agon. `create`: what makes a workflow of a document, whoever brings it. */
export function templateHandlers(create: Handlers['createWorkflow']): Handlers<keyof typeof templateRoutes> {
  return {
    async listTemplates() {
      const { allTemplates, missingKinds } = await loadTemplates()
      return Response.json({ templates: allTemplates.map((each) => told(each, missingKinds(each.document))) })
    },

    async getTemplate({ params: { slug } }) {
      const { findTemplate, missingKinds } = await loadTemplates()
      const found = findTemplate(slug)
      if (!found) return none(slug)
      const { document, samples } = found
      return Response.json({ ...told(found, missingKinds(document)), document, samples })
    },

    async forkTemplate({ params: { slug }, body: { title, models }, ...request }) {
      const { findTemplate, withModels } = await loadTemplates()
      const found = findTemplate(slug)
      if (!found) return none(slug)
      const document = { ...withModels(found.document, models), ...(title !== undefined && { title }) }
      return create({ ...request, body: { document, tags: [`template:${found.slug}`], note: `Begun as the template ${found.slug}` } })
    },
  }
}

const told = ({ slug, task, title, description, kinds, shows }: WorkflowTemplate, asks: string[]) => ({
  slug,
  task,
  title,
  description,
  kinds,
  shows,
  asks,
})
