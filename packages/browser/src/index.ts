export { type KeptKey, type KeyVault, openKeyVault } from './key-vault.ts'
export { type LocalDriver, type LocalDriverOptions, startLocalDriver } from './start-local-driver.ts'
