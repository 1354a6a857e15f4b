import { type StepError, stepError, type TextRequest } from '@agon/runner-core'
import type { ConfiguredProvider } from './configuration.ts'

/** OpenAI's reasoning models refuse any temperature but the default ("Unsupported value: 'temperature'"), so none is sent. */
const refusesTemperature = /^(gpt-[5-9]|o\d)/

export function temperatureOf(provider: ConfiguredProvider, { temperature, wireModel }: TextRequest): { temperature?: number } {
  if (temperature === undefined || (provider.id === 'openai' && refusesTemperature.test(wireModel))) return {}
  return { temperature }
}

export const declined = (provider: ConfiguredProvider, { wireModel }: Pick<TextRequest, 'wireModel'>): StepError =>
  stepError('content_refused', `${wireModel} of ${provider.id} declined to answer.`)
