/** Prints the OpenAPI document, without a database or a server: `npm run generate` keeps it in docs/api/openapi.json. */
import type { BattleStore } from '@agon/store'

Deno.env.set('SUPABASE_URL', 'https://project.supabase.co')
Deno.env.set('SUPABASE_SECRET_KEYS', '{"default":""}')
const { apiInfo, createApi } = await import('./app.ts')
const app = createApi({} as BattleStore)
console.log(
  JSON.stringify(app.getOpenAPI31Document({ ...apiInfo, servers: [{ url: 'https://{project}.supabase.co/functions/v1' }] }), null, 2),
)
