import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dataDir } from '../replay/vicuna80.ts'

/** A published or independently computed result, and ours. */
export interface Reproduced {
  table: string
  what: string
  published: string
  ours: string
  equal: boolean
}

/** Why a table cannot be reproduced here, for the one who can put it right; undefined when it can. */
export function missingFiles(...files: string[]): string | undefined {
  const missing = files.map((file) => join(dataDir, file)).find((path) => !existsSync(path))
  return missing && `skipped: ${missing} is not here; set AGON_DATA_DIR to the evaluation data`
}

export const readJson = <T>(file: string): T => JSON.parse(readFileSync(join(dataDir, file), 'utf8')) as T

/** The rows of a CSV file of these data, none of whose fields is quoted. */
export function readCsv(file: string): Record<string, string>[] {
  const [header, ...lines] = readFileSync(join(dataDir, file), 'utf8').trim().split('\n')
  const names = header!.split(',')
  return lines.map((line) => {
    if (line.includes('"')) throw new Error(`${file} has a quoted field; read it with a CSV parser`)
    return Object.fromEntries(line.split(',').map((value, nth) => [names[nth]!, value]))
  })
}

/** Counts must be equal; anything else may differ by so much. */
export const row = (table: string, what: string, published: number, ours: number, tolerance = 0): Reproduced => ({
  table,
  what,
  published: shown(published),
  ours: shown(ours),
  equal: Math.abs(published - ours) <= tolerance,
})

const shown = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(4))
