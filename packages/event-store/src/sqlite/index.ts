export { openSqliteEventStore, type SqliteEventStoreOptions } from './open.ts'
