import openapiTs, { astToString } from 'openapi-typescript'

/**
 * The client's types, made from the OpenAPI document. It stands here because it needs a TypeScript with the JavaScript compiler API.
 *
 * defaultNonNullable off: a field of a request that has a default may be left out.
 */
export async function schemaFromOpenApi(openapi: string): Promise<string> {
  return `// Made from docs/api/openapi.json by \`npm run generate\`.\n\n${astToString(await openapiTs(openapi, { defaultNonNullable: false }))}`
}
