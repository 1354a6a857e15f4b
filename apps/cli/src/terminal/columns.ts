import stringWidth from 'string-width'
import wrapAnsi from 'wrap-ansi'

const gap = '  │  '
/** Narrower than this, a column of prose is hard to read. */
const leastColumn = 36

export interface Column {
  heading: string
  body: string
}

const fill = (line: string, width: number): string => line + ' '.repeat(Math.max(0, width - stringWidth(line)))

/** Wraps text to the width, line by line: what is indented stays so, and a word longer than a line is broken. */
export const wrap = (text: string, width: number): string =>
  text
    .split('\n')
    .map((line) => {
      const indent = /^ */.exec(line)?.[0].slice(0, width >> 1) ?? ''
      return wrapAnsi(line.trimStart(), width - indent.length, { hard: true }).replaceAll(/^/gm, indent)
    })
    .join('\n')

/** Texts side by side when the width allows for it, else one under the other. */
export function columns(items: readonly Column[], width: number): string {
  const each = Math.floor((width - (items.length - 1) * gap.length) / items.length)
  if (each < leastColumn) return items.map(({ heading, body }) => `${wrap(heading, width)}\n${wrap(body, width)}`).join('\n\n')
  const sides = items.map(({ heading, body }) => [...wrap(heading, each).split('\n'), ...wrap(body, each).split('\n')])
  const height = Math.max(...sides.map((lines) => lines.length))
  const rows = Array.from({ length: height }, (_, row) =>
    sides
      .map((lines) => fill(lines[row] ?? '', each))
      .join(gap)
      .trimEnd(),
  )
  return rows.join('\n')
}

/** A table whose columns are as wide as their widest cell; `right` names the columns of numbers. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => stringWidth(row[column] ?? ''))))
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const space = ' '.repeat(Math.max(0, (widths[column] ?? 0) - stringWidth(cell)))
          return right.includes(column) ? space + cell : cell + space
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
