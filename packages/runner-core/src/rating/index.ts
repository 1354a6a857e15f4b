export * from './board.ts'
export * from './bradley-terry.ts'
export * from './comparisons.ts'
export * from './style-control.ts'
