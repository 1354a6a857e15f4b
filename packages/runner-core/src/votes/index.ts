export * from './anomaly.ts'
export * from './reliability.ts'
export * from './scan.ts'
export * from './scan-step.ts'
