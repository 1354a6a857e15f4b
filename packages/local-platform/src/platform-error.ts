/** The platform could not do what it was asked, and the message says what to change. Everything else that is thrown is a bug. */
export class PlatformError extends Error {
  override name = 'PlatformError'
  code: PlatformErrorCode

  constructor(code: PlatformErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

export type PlatformErrorCode =
  | 'invalid_option'
  | 'project_not_found'
  | 'config_invalid'
  | 'database_unreachable'
  | 'database_too_old'
  | 'database_in_use'
  | 'data_directory_unusable'
  | 'postgres_failed'
  | 'extension_missing'
  | 'roles_missing'
  | 'migration_failed'
  | 'seed_failed'
