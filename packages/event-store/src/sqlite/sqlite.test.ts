import { eventStoreConformance } from '../conformance.ts'
import { openSqliteEventStore } from './open.ts'

eventStoreConformance('sqlite', (testCase, mode) => openSqliteEventStore({ file: testCase.path('record.db'), mode }))
