/** The schemas that are Agon's, and nobody else's. */
export const ourSchemas = ['battles', 'content', 'execution', 'lensers', 'lenses', 'ratings', 'webhooks'] as const

/** The same, as a list for SQL: ('battles', …). */
export const ourSchemasInSql = `(${ourSchemas.map((name) => `'${name}'`).join(', ')})`
