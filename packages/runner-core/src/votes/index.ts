export * from './anomaly.ts'
export * from './scan.ts'
export * from './scan-step.ts'
