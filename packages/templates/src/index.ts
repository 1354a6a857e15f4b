export * from './catalogue.ts'
export * from './with-models.ts'
