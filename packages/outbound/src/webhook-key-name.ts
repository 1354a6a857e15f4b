/** What a subscription's secret is bound to when it is sealed: one owner's, for this and nothing else. */
export const webhookKeyName = (ownerId: string, subscriptionId: string): string => `${ownerId}:webhook:${subscriptionId}`
