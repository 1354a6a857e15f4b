import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

// Certificates for servers in tests, made on the spot: no key lies in the repository, and no openssl has to be on the machine.

export interface Identity {
  key: string
  certificate: string
}

const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts)
  const size = content.length
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}
const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts)
const oid = (...bytes: number[]) => der(0x06, Buffer.from(bytes))
const octets = (content: Uint8Array) => der(0x04, content)
const bits = (content: Uint8Array) => der(0x03, Buffer.from([0]), content)
const yes = der(0x01, Buffer.from([0xff]))
const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02))
const nameOf = (text: string) => sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(text)))))
const extension = (id: number, content: Uint8Array, critical = false) =>
  sequence(oid(0x55, 0x1d, id), ...(critical ? [yes] : []), octets(content))
const pem = (bytes: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replaceAll(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`

function certify(subject: string, publicKey: KeyObject, issuer: string, issuerKey: KeyObject, extensions: Buffer[]): string {
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    nameOf(issuer),
    sequence(der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from('491231000000Z'))),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  )
  return pem(sequence(body, ecdsaWithSha256, bits(sign('sha256', body, issuerKey))))
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** An authority, and the certificates it gives. */
export function createAuthority(name = 'An authority of the tests') {
  const { publicKey, privateKey } = newKeys()
  const keyId = octets(
    createHash('sha1')
      .update(publicKey.export({ type: 'spki', format: 'der' }))
      .digest(),
  )
  const certificate = certify(name, publicKey, name, privateKey, [
    extension(0x13, sequence(yes), true), // basicConstraints: an authority
    extension(0x0e, keyId),
  ])
  return {
    certificate,
    issue(hostname: string): Identity {
      const own = newKeys()
      const names = extension(0x11, sequence(der(0x82, Buffer.from(hostname))))
      return {
        key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
        certificate: certify(hostname, own.publicKey, name, privateKey, [extension(0x13, sequence(), true), names]),
      }
    },
  }
}
