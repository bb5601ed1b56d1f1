import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { newThingId, toBase64url } from '@tidings/statement'
import { type Holding, type NewContent, sealContents, type Vault } from '@tidings/vault'
import { createMasterKey, openSqliteVault } from '@tidings/vault/sqlite'

/** So many are held, and then published, together: as the recorder of intake does with a group. */
const groupSize = 1000
/** What a vault is filled in: the first part is compared with the last. */
const parts = 6
/** The least of a part: in a smaller one a single collection of garbage decides. */
const leastGroups = 20
/** Groups that are kept before: what is compiled meanwhile is not to be measured. */
const groupsBefore = 30

/** What keeping a content costs while a vault fills, in microseconds of processor time of all threads. */
export interface VaultCost {
  readonly contents: number
  readonly first: number
  readonly last: number
}

/** Fills a vault with contents, one for each statement, each statement in a stream of its own: holding and publishing are counted, sealing is not. */
export async function vaultCost(folder: string, most: number): Promise<VaultCost> {
  await mkdir(folder, { recursive: true })
  const [file, masterKeyFile] = [join(folder, 'vault.db'), join(folder, 'vault.key')]
  await createMasterKey(masterKeyFile)
  await using vault = await openSqliteVault({ file, masterKeyFile })
  const groups = Math.max(leastGroups, Math.round(most / parts / groupSize))
  for (let n = 0; n < groupsBefore; n++) await keepGroup(vault)
  const costs: number[] = []
  for (let part = 0; part < parts; part++) {
    const began = process.cpuUsage()
    let sealing = 0
    for (let n = 0; n < groups; n++) sealing += await keepGroup(vault)
    const { user, system } = process.cpuUsage(began)
    costs.push((user + system - sealing) / (groups * groupSize))
  }
  const [first = Number.NaN] = costs
  const { live } = await vault.count()
  const contents = (groupsBefore + groups * parts) * groupSize
  if (live !== contents) throw new Error(`${live} of ${contents} contents are live`)
  return { contents, first, last: costs.at(-1) ?? Number.NaN }
}

/** Keeps the contents of as many statements as share a commit; gives what sealing them took of this thread, in microseconds. */
async function keepGroup(vault: Vault): Promise<number> {
  const began = process.threadCpuUsage()
  const group = Array.from({ length: groupSize }, () => sealed(vault))
  const { user, system } = process.threadCpuUsage(began)
  const faults = [await vault.holdEach(group), await vault.publishEach(group.map(({ origin }) => origin.statement))]
  const fault = faults.flat().find((one) => one !== undefined)
  if (fault) throw fault
  return user + system
}

/** A statement's one content, as large as a person's file is. */
function sealed({ sealing }: Vault): Holding {
  const about = newThingId()
  const hash = () => toBase64url(randomBytes(32))
  const origin = { statement: hash(), stream: `case-${about}` }
  const content: NewContent = {
    commitment: hash(),
    subject: about,
    mediaType: 'application/json',
    salt: randomBytes(32),
    data: new Uint8Array(700),
  }
  return { origin, contents: sealContents(sealing, origin.statement, [content]) }
}
