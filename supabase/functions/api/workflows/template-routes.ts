import type { Route } from '../route.ts'
import { forkTemplate, templateSlug } from './template-requests.ts'

/** Routes of the templates that come with Agon: workflows to begin with. They are the same for everybody. */
export const templateRoutes = {
  listTemplates: {
    method: 'get',
    path: '/workflow-templates',
    summary: 'Workflows to begin with, one for each common task',
    responses: { 200: ['All of them, in the order of the tasks', 'templates'] },
  },
  getTemplate: {
    method: 'get',
    path: '/workflow-templates/{slug}',
    summary: 'One template, with its document and inputs that it runs with',
    params: templateSlug,
    responses: { 200: ['The template', 'template'] },
    errors: ['not_found'],
  },
  forkTemplate: {
    method: 'post',
    path: '/workflow-templates/{slug}/fork',
    summary: 'A workflow of your own that begins as a template is',
    caller: 'user',
    params: templateSlug,
    body: forkTemplate,
    responses: { 201: ['The workflow', 'workflow'] },
    errors: ['not_found', 'workflow_invalid'],
  },
} as const satisfies Record<string, Route>
