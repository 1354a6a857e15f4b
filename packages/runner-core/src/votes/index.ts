export * from './anomaly.ts'
