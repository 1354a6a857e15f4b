import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import type { App } from '@supabase/lite'

type StorageAdapter = NonNullable<App['_storageAdapter']>
type ObjectMetadata = Awaited<ReturnType<StorageAdapter['headObject']>>

async function bytesOf(body: unknown): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body
  return new Uint8Array(await new Response(body as ReadableStream).arrayBuffer())
}

/**
 * Objects of the storage service as files in a folder: the bytes in one file, what is known about them in another. A key is hashed into its
 * file name, so that no object name can step out of the folder or be too long for it.
 */
export function createFileStorage(root: string): StorageAdapter {
  const place = (bucket: string, key: string) => {
    const name = createHash('sha256').update(`${bucket}/${key}`).digest('hex')
    return join(root, name.slice(0, 2), name)
  }
  const metadataOf = async (bucket: string, key: string): Promise<ObjectMetadata> => {
    const kept = JSON.parse(await readFile(`${place(bucket, key)}.json`, 'utf8'))
    return { ...kept, lastModified: new Date(kept.lastModified), httpStatusCode: 200 }
  }
  const adapter: StorageAdapter = {
    driver: root,
    async uploadObject(bucket, key, _version, body, contentType, cacheControl) {
      const path = place(bucket, key)
      const bytes = await bytesOf(body)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, bytes)
      const metadata: ObjectMetadata = {
        cacheControl,
        contentLength: bytes.byteLength,
        size: bytes.byteLength,
        mimetype: contentType,
        lastModified: new Date(),
        eTag: `"${createHash('md5').update(bytes).digest('hex')}"`,
        httpStatusCode: 200,
      }
      await writeFile(`${path}.json`, JSON.stringify(metadata))
      return metadata
    },
    async getObject(bucket, key, _version, headers) {
      const metadata = await metadataOf(bucket, key)
      if (headers?.ifNoneMatch && headers.ifNoneMatch === metadata.eTag) return { metadata, httpStatusCode: 304 }
      const range = /^bytes=(\d+)-(\d*)$/.exec(headers?.range ?? '')
      if (!range) return { metadata, httpStatusCode: 200, body: Readable.toWeb(createReadStream(place(bucket, key))) }
      const start = Number(range[1])
      const end = Math.min(range[2] ? Number(range[2]) : metadata.size - 1, metadata.size - 1)
      return {
        metadata: { ...metadata, contentLength: end - start + 1, contentRange: `bytes ${start}-${end}/${metadata.size}` },
        httpStatusCode: 206,
        body: Readable.toWeb(createReadStream(place(bucket, key), { start, end })),
      }
    },
    headObject: (bucket, key) => metadataOf(bucket, key),
    async deleteObject(bucket, key) {
      const path = place(bucket, key)
      await Promise.all([rm(path, { force: true }), rm(`${path}.json`, { force: true })])
    },
    async deleteObjects(bucket, keys) {
      await Promise.all(keys.map((key) => adapter.deleteObject(bucket, key, undefined)))
    },
    async copyObject(sourceBucket, source, _version, bucket, destination) {
      const [from, to] = [place(sourceBucket, source), place(bucket, destination)]
      await mkdir(dirname(to), { recursive: true })
      await Promise.all([copyFile(from, to), copyFile(`${from}.json`, `${to}.json`)])
      const { eTag, lastModified } = await metadataOf(bucket, destination)
      return { httpStatusCode: 200, eTag, lastModified }
    },
    async privateAssetUrl(bucket, key) {
      return `file://${place(bucket, key)}`
    },
  }
  return adapter
}
