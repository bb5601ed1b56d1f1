export { createMasterKey } from './master-key.ts'
export { checkMasterKey, openSqliteVault, type SqliteVaultOptions } from './open.ts'
