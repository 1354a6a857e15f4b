import { expect, test } from 'vitest'
import { isPublicUrl } from './public-url.ts'

test.each(['https://v3.fal.media/files/a.mp4', 'https://8.8.8.8/a', 'https://[2606:4700::1111]/a', 'https://example.com.:8443/'])(
  '%s is public',
  (url) => expect(isPublicUrl(new URL(url))).toBe(true),
)

test.each([
  'http://example.com/a',
  'https://user:secret@example.com/',
  'https://localhost/a',
  'https://metadata.google.internal/computeMetadata',
  'https://kong/a',
  'https://printer.local/a',
  'https://127.0.0.1/a',
  'https://127.1/a',
  'https://0x7f000001/a',
  'https://2130706433/a',
  'https://017700000001/a',
  'https://10.1.2.3/a',
  'https://100.100.100.200/a',
  'https://169.254.169.254/latest/meta-data',
  'https://172.31.0.1/a',
  'https://192.168.1.1/a',
  'https://224.0.0.1/a',
  'https://255.255.255.255/a',
  'https://[::1]/a',
  'https://[::ffff:127.0.0.1]/a',
  'https://[64:ff9b::7f00:1]/a',
  'https://[fd00::1]/a',
  'https://[fe80::1]/a',
  'https://[2002:7f00:1::]/a',
  'https://[2001:0:1::]/a',
  'ftp://example.com/a',
])('%s is not', (url) => expect(isPublicUrl(new URL(url))).toBe(false))
