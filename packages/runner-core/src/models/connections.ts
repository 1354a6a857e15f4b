/** What a user's key can open besides the models of a provider, with what the key is. It is added like a provider's key, under this name. */
export const connectionKinds = {
  http: 'a token, or user:password',
  webhook: 'a signing secret, as whsec_…',
  slack: 'the URL of an incoming webhook of Slack',
  discord: 'the URL of a webhook of Discord',
  smtp: 'a mail server, as JSON: {"host":…,"port":465,"user":…,"password":…,"from":…}',
  tavily: 'an API key of Tavily',
} as const
export type ConnectionKind = keyof typeof connectionKinds
