import type pg from 'pg'

/** Creates or updates secrets by name, as `supabase db push` does with [db.vault]. Works on ours and on the real Vault alike. */
export async function upsertSecrets(client: pg.Client, secrets: Record<string, string>): Promise<void> {
  for (const [name, secret] of Object.entries(secrets)) {
    await client.query(
      `select case
         when id is null then (select vault.create_secret($2, $1) is not null)
         when decrypted_secret is distinct from $2 then (select vault.update_secret(id, $2) is not null)
       end
       from (select 1) as always
       left join vault.decrypted_secrets on name = $1`,
      [name, secret],
    )
  }
}
