export interface Statement {
  sql: string
  /** 1-based line of the statement's first character in the file. */
  line: number
}

const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y
const word = /[A-Za-z_][A-Za-z0-9_$]*/y

/** The index just past a quoted text that begins at `start`; a doubled quote is part of the text. */
function endOfQuoted(sql: string, start: number, quote: string, backslashes: boolean): number {
  let at = start + 1
  while (at < sql.length) {
    if (backslashes && sql[at] === '\\') at += 2
    else if (sql[at] !== quote) at += 1
    else if (sql[at + 1] === quote) at += 2
    else return at + 1
  }
  return sql.length
}

function endOfBlockComment(sql: string, start: number): number {
  let depth = 0
  for (let at = start; at < sql.length; at += 1) {
    if (sql.startsWith('/*', at)) {
      depth += 1
      at += 1
    } else if (sql.startsWith('*/', at)) {
      depth -= 1
      at += 1
      if (depth === 0) return at + 1
    }
  }
  return sql.length
}

/**
 * Splits a file into its statements the way the Supabase CLI records them: without the closing semicolon, comments kept. Knows quoted and
 * dollar-quoted text, nested comments and `begin atomic … end` bodies, where a semicolon ends nothing.
 */
export function splitStatements(sql: string): Statement[] {
  const statements: Statement[] = []
  let start = 0
  let atomicDepth = 0
  let previousWord = ''
  let at = 0
  const counted = { line: 1, until: 0 }

  const lineAt = (index: number) => {
    for (let newline = sql.indexOf('\n', counted.until); newline !== -1 && newline < index; newline = sql.indexOf('\n', newline + 1)) {
      counted.line += 1
      counted.until = newline + 1
    }
    return counted.line
  }

  const finish = (end: number) => {
    const text = sql.slice(start, end)
    const trimmed = text.trim()
    if (trimmed) {
      const leading = start + (text.length - text.trimStart().length)
      statements.push({ sql: trimmed, line: lineAt(leading) })
    }
  }

  while (at < sql.length) {
    const character = sql[at]!
    if (character === '-' && sql[at + 1] === '-') {
      const newline = sql.indexOf('\n', at)
      at = newline === -1 ? sql.length : newline
    } else if (character === '/' && sql[at + 1] === '*') {
      at = endOfBlockComment(sql, at)
    } else if (character === "'") {
      at = endOfQuoted(sql, at, "'", /^e$/i.test(previousWord) && /e/i.test(sql[at - 1] ?? ''))
    } else if (character === '"') {
      at = endOfQuoted(sql, at, '"', false)
    } else if (character === '$') {
      dollarTag.lastIndex = at
      const tag = dollarTag.exec(sql)?.[0]
      if (tag) {
        const close = sql.indexOf(tag, at + tag.length)
        at = close === -1 ? sql.length : close + tag.length
      } else {
        at += 1
      }
    } else if (character === ';' && atomicDepth === 0) {
      finish(at)
      at += 1
      start = at
    } else {
      word.lastIndex = at
      const found = word.exec(sql)?.[0]
      if (found) {
        const lower = found.toLowerCase()
        if (lower === 'atomic' && previousWord === 'begin') atomicDepth = 1
        else if (atomicDepth > 0 && lower === 'case') atomicDepth += 1
        else if (atomicDepth > 0 && lower === 'end') atomicDepth -= 1
        previousWord = lower
        at += found.length
      } else {
        at += 1
      }
    }
  }
  finish(sql.length)
  // A tail of nothing but comments is no statement: PostgreSQL would answer it with an empty result.
  return statements.filter((statement) => statement.sql.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, '').trim() !== '')
}
