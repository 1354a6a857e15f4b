export { createMediaTools, type FetchMedia, forgetFolders, type MediaToolsOptions } from './create-media-tools.ts'
export { fetchThrough } from './fetch-through.ts'
export { findFfmpeg } from './find-ffmpeg.ts'
