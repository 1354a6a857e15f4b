import { z } from 'zod'
import { choice, modelKey, type NodeType, needed, nodeType, optional, template } from './node-type.ts'

const family = 'media'
const TEN_MINUTES_MS = 600_000
const prompt = template().optional().describe('Without it, the input prompt')
const promptInput = needed('string', 'What to make')
const input = optional('any', 'For the templates')
const image = needed('url', 'The image, by its address')

export const mediaTypes: NodeType[] = [
  nodeType({
    type: 'text_to_image',
    family,
    summary: 'Makes an image.',
    keys: { prompt, model_key: modelKey.optional() },
    parameters: { prompt: promptInput, input },
    jobKind: 'workflow_media',
    modelKind: 'image',
    templates: ['prompt'],
    promptKey: 'prompt',
    timeoutMs: TEN_MINUTES_MS,
  }),
  nodeType({
    type: 'text_to_speech',
    family,
    summary: 'Speaks a text.',
    keys: {
      text: prompt.describe('Without it, the input text'),
      model_key: modelKey.optional(),
      voice: z.string().min(1).max(100).optional(),
    },
    parameters: { text: needed('string', 'What to say'), input },
    jobKind: 'workflow_media',
    modelKind: 'audio',
    templates: ['text'],
    promptKey: 'text',
    timeoutMs: TEN_MINUTES_MS,
  }),
  nodeType({
    type: 'text_to_video',
    family,
    summary: 'Makes a video.',
    keys: { prompt, model_key: modelKey.optional() },
    parameters: { prompt: promptInput, input },
    jobKind: 'workflow_media',
    modelKind: 'video',
    templates: ['prompt'],
    promptKey: 'prompt',
    timeoutMs: 1_800_000,
  }),
  nodeType({
    type: 'image_to_image',
    family,
    summary: 'Makes an image from another and a prompt.',
    keys: { prompt, model_key: modelKey.optional(), strength: z.number().min(0).max(1).optional() },
    parameters: { image, prompt: promptInput, input },
    jobKind: 'workflow_media',
    modelKind: 'image',
    templates: ['prompt'],
    promptKey: 'prompt',
    timeoutMs: TEN_MINUTES_MS,
  }),
  nodeType({
    type: 'image_upscale',
    family,
    summary: 'Makes an image larger.',
    keys: { model_key: modelKey.optional(), scale_factor: z.union([z.literal(2), z.literal(4)], 'expected 2 or 4').default(2) },
    parameters: { image, input },
    jobKind: 'workflow_media',
    modelKind: 'image',
    timeoutMs: TEN_MINUTES_MS,
  }),
  nodeType({
    type: 'image_to_audio',
    family,
    summary: 'Tells what an image shows, and speaks it.',
    keys: {
      model_key: modelKey.optional().describe('Speaks'),
      vision_model_key: modelKey.optional().describe('Looks: a text model with vision'),
      prompt: template().default('Describe this image for somebody who cannot see it.'),
      voice: z.string().min(1).max(100).optional(),
      max_description_tokens: z.int().min(1).max(4096).default(300),
    },
    aliases: { description_prompt: 'prompt', tts_voice: 'voice' },
    parameters: { image, input },
    jobKind: 'workflow_media',
    modelKind: 'audio',
    templates: ['prompt'],
    promptKey: 'prompt',
    timeoutMs: TEN_MINUTES_MS,
  }),
  nodeType({
    type: 'speech_to_text',
    family,
    summary: 'Writes down what is said in a recording.',
    keys: { model_key: modelKey.optional().describe('A transcription model; without it the provider’s') },
    parameters: { audio: needed('url', 'The recording, by its address'), input },
    jobKind: 'workflow_media',
    asksModel: true,
    timeoutMs: TEN_MINUTES_MS,
  }),
  nodeType({
    type: 'media_convert',
    family,
    summary: 'Converts an image, a recording or a video into another format, with ffmpeg, on a worker.',
    keys: {
      format: choice('png', 'jpg', 'webp', 'mp3', 'wav', 'ogg', 'm4a', 'mp4', 'webm', 'gif'),
      width: z.int().min(16).max(3840).optional(),
      height: z.int().min(16).max(2160).optional(),
      start_s: z.number().min(0).max(86_400).optional(),
      duration_s: z.number().positive().max(3600).optional(),
    },
    parameters: { media: needed('url', 'What to convert, by its address'), input },
    jobKind: 'workflow_program',
    capabilities: ['media_convert'],
    timeoutMs: TEN_MINUTES_MS,
  }),
]
