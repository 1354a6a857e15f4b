import type pg from 'pg'

/** Creates or updates secrets by name, as `supabase db push` does with [db.vault]. Works on ours and on the real Vault alike. */
export async function upsertSecrets(client: pg.Client, secrets: Record<string, string>): Promise<void> {
  for (const [name, secret] of Object.entries(secrets)) {
    const { rows } = await client.query('select id, decrypted_secret from vault.decrypted_secrets where name = $1', [name])
    if (rows.length === 0) await client.query('select vault.create_secret($1, $2)', [secret, name])
    else if (rows[0].decrypted_secret !== secret) await client.query('select vault.update_secret($1, $2)', [rows[0].id, secret])
  }
}
