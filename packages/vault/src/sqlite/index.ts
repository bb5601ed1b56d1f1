export { createMasterKey } from './master-key.ts'
export { openSqliteVault, type SqliteVaultOptions } from './open.ts'
