/** How the rows of an export are written: one JSON object a line, or CSV as RFC 4180 says. */

export type Row = Record<string, unknown>

/** The columns of each export as CSV, in order. What is an object or an array in JSON lines is JSON in a cell, but for style. */
const columns = {
  battles:
    'battle_id title battle_type category scoring_mode prompt question_id outcome judge_outcome winner_slot contenders published_at finished_at',
  answers:
    'battle_id slot model identity contender_type simulated in_browser status output_modality content_text content_url mime_type wire_model finish_reason input_tokens output_tokens cost_usd latency_ms',
  votes: 'battle_id voter choice weight counted voted_on',
  verdicts:
    'battle_id judge_model part presentation slot_order outcome winner_slot scores reasoning raw_text system_prompt prompt parameters weight input_tokens output_tokens cost_usd latency_ms created_at',
  comparisons:
    'battle_id question_id model_a model_b winner weight source kind category style_length style_headers style_lists style_bold closed_at',
} as const

export type Exported = keyof typeof columns

export const contentTypes = { jsonl: 'application/jsonl; charset=utf-8', csv: 'text/csv; charset=utf-8; header=present' } as const

export function header(what: Exported, format: 'jsonl' | 'csv'): string {
  return format === 'csv' ? `${columns[what].replaceAll(' ', ',')}\r\n` : ''
}

export function written(what: Exported, rows: readonly Row[], format: 'jsonl' | 'csv'): string {
  if (format === 'jsonl') return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  const names = columns[what].split(' ')
  return rows.map((row) => `${names.map((name) => cell(given(row, name))).join(',')}\r\n`).join('')
}

const features = ['style_length', 'style_headers', 'style_lists', 'style_bold']

function given(row: Row, name: string): unknown {
  const feature = features.indexOf(name)
  return feature < 0 ? row[name] : (row.style as number[] | null)?.[feature]
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return /[",\r\n]/.test(text) || text.trim() !== text ? `"${text.replaceAll('"', '""')}"` : text
}
