/** An origin that an operator opened, whatever address it has. port '*': any. */
export interface AllowedOrigin {
  /** smtp: a mail server, whichever way its TLS begins. */
  protocol: 'http:' | 'https:' | 'smtp:'
  hostname: string
  port: string
}

const defaultPorts = { 'http:': '80', 'https:': '443', 'smtp:': '465' } as const

/**
 * Reads AGON_OUTBOUND_ALLOW: origins between commas or spaces, with * for any port. Throws with what is wrong, so that a guard that was
 * meant to be opened by a crack is not opened wide by a slip.
 *
 * @example allowedOrigins('http://127.0.0.1:*, https://hooks.internal')
 */
export function allowedOrigins(text: string | undefined): AllowedOrigin[] {
  return (text ?? '')
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((entry) => {
      const [, protocol, host, port] = /^(https?:|smtp:)\/\/([^/:@*?#]+|\[[0-9a-f:.]+\])(?::(\*|\d{1,5}))?$/i.exec(entry) ?? []
      if (!protocol || !host || !URL.canParse(`http://${host}`))
        throw new Error(
          `AGON_OUTBOUND_ALLOW: ${entry} is no origin. Write it as http://127.0.0.1:8080, or http://127.0.0.1:* for any port.`,
        )
      const name = protocol.toLowerCase() as AllowedOrigin['protocol']
      return { protocol: name, hostname: new URL(`http://${host}`).hostname, port: port ?? defaultPorts[name] }
    })
}

export function isAllowed(
  { protocol, hostname, port }: Pick<URL, 'protocol' | 'hostname' | 'port'>,
  origins: readonly AllowedOrigin[],
): boolean {
  return origins.some(
    (origin) =>
      origin.protocol === protocol &&
      origin.hostname === hostname &&
      (origin.port === '*' || origin.port === (port || defaultPorts[origin.protocol])),
  )
}
