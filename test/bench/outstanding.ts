import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { outstandingCost, type ReadingCost } from './outstanding-cost.ts'
import { makeRecord } from './record/make-record.ts'
import { milliseconds, type Row } from './row.ts'

const small = 10_000
const aimMs = 10

/** What is outstanding for one party, asked among many open requests and among few. */
export async function outstandingRows({ folder, statements }: { folder: string; statements: number }): Promise<Row[]> {
  const few = await costOf(join(folder, 'small'), small)
  const many = statements > small ? await costOf(join(folder, 'large'), statements) : few
  const requests = many.statements.toLocaleString('en')
  const asked = 'totals and a page of 50, by HTTP, with the work of the client that asks'
  return [
    {
      id: 'outstanding',
      what: `outstanding of one party among ${requests} open requests: ${asked}`,
      ours: `p50 ${milliseconds(many.p50)}, p99 ${milliseconds(many.p99)}`,
      beside: `aim: ${aimMs} ms`,
      ratio: many.p99 / aimMs,
      aim: '1',
    },
    {
      id: 'outstanding-growth',
      what: `the same among ${requests} open requests, in processor time of the service`,
      ours: milliseconds(many.cpu),
      beside: `among ${few.statements.toLocaleString('en')}: ${milliseconds(few.cpu)}`,
      ratio: many.cpu / few.cpu,
      aim: '1',
    },
  ]
}

async function costOf(folder: string, statements: number): Promise<ReadingCost> {
  await mkdir(folder, { recursive: true })
  await makeRecord({ folder, statements, filling: 'open-requests' })
  const cost = await outstandingCost(folder)
  await rm(folder, { recursive: true })
  return cost
}
