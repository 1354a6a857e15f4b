import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AgonClient } from '@agon/client'
import { expect, test } from 'vitest'
import { checkContenders, namedContender } from './named.ts'
import { sentContenders, workflowFiles } from './workflows.ts'

const id = '7c1f0a52-6a1e-4b53-9f0e-2f6d1c1f2a10'

test('a workflow contends by its id, or by a file that is saved first; under an identity where one is given', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'agon-')), 'chain.yaml')
  writeFileSync(file, 'title: Chain\nnodes: []\n')
  const contenders = [
    namedContender(`workflow:${id}`),
    namedContender(`workflow:${file} as research first`),
    namedContender(`workflow:${file}`),
    namedContender('sparring:quill'),
  ]
  checkContenders(contenders)
  const documents = workflowFiles(contenders)
  const saved: unknown[] = []
  const agon = {
    workflows: {
      create: async ({ document }: { document: unknown }) => {
        saved.push(document)
        return { ok: true, value: { version_id: `version ${saved.length}` } }
      },
    },
  } as unknown as AgonClient
  expect(await sentContenders(contenders, documents, agon)).toEqual([
    { workflow_id: id },
    { workflow_version_id: 'version 1', identity: 'research first' },
    { workflow_version_id: 'version 1' },
    { model: 'sparring:quill' },
  ])
  expect(saved).toEqual([{ title: 'Chain', nodes: [] }])
})

test('one that is named twice needs an identity, and a file that is not there is told before anything starts', () => {
  const twice = namedContender(`workflow:${id}`)
  expect(() => checkContenders([twice, twice])).toThrow('contends twice')
  expect(() => workflowFiles([namedContender('workflow:nowhere.yaml')])).toThrow('nowhere.yaml cannot be read')
})

test('a workflow with faults is refused with what they are', async () => {
  const agon = {
    workflows: { create: async () => ({ ok: false, problem: { code: 'workflow_invalid', title: 'faults', detail: 'no nodes' } }) },
  } as unknown as AgonClient
  await expect(sentContenders([], new Map([['chain.yaml', {}]]), agon)).rejects.toThrow('chain.yaml: no nodes')
})
