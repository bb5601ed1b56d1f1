import { judgeCost } from './judge-cost.ts'
import type { Row } from './row.ts'

/** What judging and folding cost in small and in large. */
export function judgingRows(): Row[] {
  const { stream, folding, mechanism, bytesPerOpenRequest } = judgeCost()
  const us = (time: number) => `${time.toFixed(1)} µs`
  const aim = '1: it costs the same'
  return [
    {
      id: 'judge-stream',
      what: 'judging one statement in a stream of 1,000',
      ours: us(stream.large),
      beside: `in a stream of 10: ${us(stream.small)}`,
      ratio: stream.large / stream.small,
      aim,
    },
    {
      id: 'fold-stream',
      what: 'folding it in: judging, and the state after it',
      ours: us(folding.large),
      beside: `in a stream of 10: ${us(folding.small)}`,
      ratio: folding.large / folding.small,
      aim,
    },
    {
      id: 'judge-mechanism',
      what: `judging one statement in a mechanism of ${mechanism.requests.toLocaleString('en')} open requests (${bytesPerOpenRequest} bytes each in memory)`,
      ours: us(mechanism.large),
      beside: `of 1,000: ${us(mechanism.small)}`,
      ratio: mechanism.large / mechanism.small,
      aim,
    },
  ]
}
