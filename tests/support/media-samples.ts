/** The smallest files that are, by their bytes, what their type says. */
export const samples = {
  // One pixel.
  image: {
    mimeType: 'image/png',
    bytes: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'),
  },
  // One silent MPEG-1 layer III frame: 128 kbit/s, 44.1 kHz, 417 bytes.
  audio: { mimeType: 'audio/mpeg', bytes: Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x64]), Buffer.alloc(413)]) },
  // A file type box and an empty media data box.
  video: {
    mimeType: 'video/mp4',
    bytes: Buffer.concat([
      Buffer.from([0, 0, 0, 24]),
      Buffer.from('ftypisom'),
      Buffer.from([0, 0, 2, 0]),
      Buffer.from('isommp42'),
      Buffer.from([0, 0, 0, 8]),
      Buffer.from('mdat'),
    ]),
  },
} as const
