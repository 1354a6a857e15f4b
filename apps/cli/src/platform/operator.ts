import { type AgonOperator, createAgonOperator } from '@agon/client'
import type { Context } from '../commands/context.ts'
import { inProject, type ProjectOptions } from './project.ts'

export type OperatorOptions = ProjectOptions

/** Operates a project through its API: the one the options or the variables name, by a secret key; else the platform on this machine. */
export const asOperator = <T>(options: OperatorOptions, context: Context, work: (operator: AgonOperator) => Promise<T>): Promise<T> =>
  inProject(options, context, (project) => work(createAgonOperator(project)))
