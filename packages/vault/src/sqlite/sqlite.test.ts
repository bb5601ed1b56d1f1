import { vaultConformance } from '../conformance.ts'
import { createMasterKey, openSqliteVault } from './index.ts'

vaultConformance('sqlite', async (testCase) => {
  const masterKeyFile = testCase.path('vault.key')
  await createMasterKey(masterKeyFile).catch(() => undefined) // kept when the case opens its vault again
  return await openSqliteVault({ file: testCase.path('vault.db'), masterKeyFile })
})
