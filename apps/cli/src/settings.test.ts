import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { functionSecrets, readVariables } from './settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'agon-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('the environment wins over .env, and .env over the functions’ own', () => {
  mkdirSync(join(folder, 'supabase', 'functions'), { recursive: true })
  writeFileSync(join(folder, 'supabase', 'functions', '.env'), 'A=functions\nB=functions\nC=functions\n')
  writeFileSync(join(folder, '.env'), 'B=dotenv\nC=dotenv\n')
  expect(readVariables({ C: 'environment' }, folder)).toMatchObject({ A: 'functions', B: 'dotenv', C: 'environment' })
})

test('functions are given provider keys, base URLs and settings, and nothing else of this machine', () => {
  const given = functionSecrets({
    OPENAI_API_KEY: 'sk',
    OLLAMA_BASE_URL: 'http://h/v1',
    AGON_SLOTS: '4',
    AGON_ACCESS_TOKEN: 't',
    HOME: '/root',
    GOOGLE_AI_API_KEY: ' ',
  })
  expect(given).toEqual({ OPENAI_API_KEY: 'sk', OLLAMA_BASE_URL: 'http://h/v1', AGON_SLOTS: '4' })
})
