import { keyAt, type PartyKey, type Verdict } from '@tidings/exchange'
import { type ContentOpening, checkContent, checkDocument, checkOpening, prefixOf } from '@tidings/statement'
import { EvidenceError } from './errors.ts'
import type { Finding, Findings, ProvenCode, UnprovenCode } from './findings.ts'
import { judgeAsShown } from './judge-as-shown.ts'
import { checkInclusions, noParties, type Parties } from './party-keys.ts'
import { type Opened, openerOf, type Receipted, within } from './recorded.ts'

/** Everything that is handed in to prove one statement. */
export interface Evidence extends Receipted {
  /** Openings of the contents that the statement names, in its order; undefined where one is not shown. */
  readonly contents?: readonly (ContentOpening | undefined)[]
  /** Key statements (`party-` streams) on which signatures rest, with their own proofs, in any order. */
  readonly keys: readonly Receipted[]
  /** Every statement of the mechanism's stream and of the statement's own, if the verdict is to be given as well; then `keys` are those of all parties. */
  readonly streams?: readonly Receipted[]
  /** The log's verifier key, `name+hash+base64`, as whoever verifies has pinned it. Never taken from the evidence itself. */
  readonly vkey: string
}

/**
 * Verifies offline that a statement was signed by a party and is recorded: strict gate, both of the log's signature lines on every checkpoint, inclusion
 * of the statement and of each key statement, the keys by replaying the party's own statements, the signature, the document's hash and schema, the
 * contents' openings. The first part that does not hold is thrown by its name.
 *
 * @returns what is proven, by whom and as of when, and what is not
 * @throws {EvidenceError}
 *
 * @example
 * const findings = await verifyReceipt({ jws, proof, keys, vkey })
 * for (const { sentence } of findings.proven) console.log(sentence)
 */
export async function verifyReceipt(evidence: Evidence): Promise<Findings> {
  const open = openerOf(evidence.vkey)
  const target = await open(evidence, '')
  const keys = await openAll(evidence.keys, 'keys', open)
  const others = await openAll(evidence.streams ?? [], 'streams', open)
  // In this order: a key statement that was altered is named before what rests on it.
  await checkInclusions([...inOrder(keys), target, ...others])
  const parties = noParties()
  const isBefore = (item: Opened) => item.proof.index < target.proof.index
  for (const key of inOrder(keys).filter(isBefore)) await parties.add(key)
  const key = await parties.check(target)
  const found = findingsOf(target, key, keys.length)
  checkParts(evidence, target, found)
  const verdict = await verdictOf(target, parties, others, key, found)
  // What follows the statement says nothing about it, but nothing that is handed in goes unchecked.
  for (const later of inOrder(keys).filter((item) => !isBefore(item))) {
    if (later.statement.id !== target.statement.id) await parties.add(later)
  }
  for (const later of others.filter((item) => !isBefore(item))) await parties.check(later)
  return {
    statement: target.statement,
    leaf: target.proof.index,
    checkpoint: target.checkpoint,
    ...found,
    ...(verdict && { verdict }),
  }
}

interface Collected {
  readonly proven: Finding<ProvenCode>[]
  readonly notProven: Finding<UnprovenCode>[]
}

async function openAll(
  items: readonly Receipted[],
  name: string,
  open: ReturnType<typeof openerOf>,
): Promise<Opened[]> {
  const opened: Opened[] = []
  for (const [i, item] of items.entries()) opened.push(await open(item, `${name}/${i}`))
  return opened
}

function inOrder(items: readonly Opened[]): Opened[] {
  return items.toSorted((a, b) => a.proof.index - b.proof.index)
}

function findingsOf({ statement, proof, checkpoint }: Opened, key: PartyKey, keyStatements: number): Collected {
  const { payload } = statement
  const officer = key.label === undefined ? '' : `, the key of ${key.label}`
  return {
    proven: [
      {
        code: 'recorded',
        sentence: `${payload.kind} is recorded as leaf ${proof.index} of the log ${checkpoint.origin}, under a checkpoint of ${checkpoint.size} leaves that the log signed.`,
      },
      {
        code: 'time-by-operator',
        sentence: `It was recorded no later than ${timeOf(checkpoint.time)}, by the word of the log's operator.`,
      },
      {
        code: 'signed',
        sentence: `Party ${payload.iss} signed it, with key ${key.kid} (${key.role}, since leaf ${key.since}${officer}).`,
      },
      ...(keyStatements > 0
        ? ([
            {
              code: 'keys-recorded',
              sentence: `${keyStatements === 1 ? 'The key statement' : `All ${keyStatements} key statements`} handed in ${keyStatements === 1 ? 'is' : 'are'} signed and recorded in the same log.`,
            },
          ] as const)
        : []),
    ],
    notProven: [
      {
        code: 'no-key-statement-left-out',
        sentence: `That no other key statement of the party before leaf ${proof.index}, such as a revocation of this key, was left out of this evidence.`,
      },
      {
        code: 'independent-time',
        sentence: 'The time, by anyone but the operator: no independent witness has cosigned.',
      },
      {
        code: 'same-log-for-all',
        sentence:
          'That the operator shows everyone the same log: compare this checkpoint with one that another party holds.',
      },
    ],
  }
}

/** Document and contents: each is checked, or named as not shown. */
function checkParts(evidence: Evidence, { statement: { payload } }: Opened, { proven, notProven }: Collected): void {
  if (payload.document && !evidence.document) {
    notProven.push({ code: 'document-not-shown', sentence: 'What its public document says: it is not shown.' })
  } else {
    within('evidence/document', 'document', () => checkDocument(payload, evidence.document))
    if (evidence.document) {
      proven.push({ code: 'document-bound', sentence: 'The public document is the one that it binds, byte for byte.' })
    }
  }
  const references = payload.content ?? []
  const contents = evidence.contents ?? []
  if (contents.length > references.length) {
    throw new EvidenceError('evidence/content', `contents/${references.length}`, 'must be named by the statement')
  }
  references.forEach((reference, i) => {
    const opening = contents[i]
    if (!opening) {
      notProven.push({
        code: 'content-not-shown',
        sentence:
          'What its content says: it is not shown. Whoever holds it with its salt can prove it against this statement.',
      })
      return
    }
    within('evidence/content', `contents/${i}`, () => {
      checkOpening(reference, opening, 'content')
      checkContent(reference, opening.data)
    })
    proven.push({ code: 'content-opened', sentence: 'The content is the one that it committed to, byte for byte.' })
  })
}

async function verdictOf(
  target: Opened,
  parties: Parties,
  others: readonly Opened[],
  key: PartyKey,
  { proven, notProven }: Collected,
): Promise<Verdict | undefined> {
  const { statement, proof } = target
  const party = parties.party(statement.payload.iss)
  const counts = party && keyAt(party, key.kid, proof.index)
  if (counts && 'verdict' in counts) {
    proven.push({
      code: 'void-by-key',
      sentence: `It is void: the key was ${counts.reason === 'key-revoked' ? 'revoked' : 'ended'} at leaf ${counts.leaf}, before this statement.`,
    })
    return counts
  }
  // A party's own stream is all in the key statements; anything else needs the streams it depends on.
  if (others.length === 0 && prefixOf(statement.payload) !== 'party') {
    notProven.push({
      code: 'effective',
      sentence:
        'That it is effective: that follows from the order of its own stream and its mechanism, which are not handed in.',
    })
    return undefined
  }
  if (statement.payload.kind === 'mechanism.propose-rules' && !target.document) {
    notProven.push({ code: 'effective', sentence: 'That it is effective: the rules that it proposes are not shown.' })
    return undefined
  }
  const verdict = await judgeAsShown(target, parties, inOrder(others))
  const why =
    verdict.verdict === 'void'
      ? ` (${verdict.reason}${verdict.leaf === undefined ? '' : `, decided at leaf ${verdict.leaf}`})`
      : ''
  proven.push({
    code: 'verdict-as-shown',
    sentence: `By the statements handed in, and if none was left out, it is ${verdict.verdict}${why}.`,
  })
  notProven.push({ code: 'no-statement-left-out', sentence: 'That no statement of these streams was left out.' })
  return verdict
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000', '')
}
