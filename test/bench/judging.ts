import { judgeCost } from './judge-cost.ts'
import type { Row } from './row.ts'

/** What judging and folding cost in small and in large. */
export function judgingRows(): Row[] {
  const { streams, mechanism, suspension, bytesPerOpenRequest } = judgeCost()
  const us = (time: number) => `${time.toFixed(1)} µs`
  const aim = '1: it costs the same'
  return [
    ...streams.flatMap(({ id, how, judging, folding }) => [
      {
        id: `judge-${id}`,
        what: `judging one statement in a stream of 1,000: ${how}`,
        ours: us(judging.large),
        beside: `in a stream of 10: ${us(judging.small)}`,
        ratio: judging.large / judging.small,
        aim,
      },
      {
        id: `fold-${id}`,
        what: `folding it in: judging, and the state after it: ${how}`,
        ours: us(folding.large),
        beside: `in a stream of 10: ${us(folding.small)}`,
        ratio: folding.large / folding.small,
        aim,
      },
    ]),
    {
      id: 'judge-mechanism',
      what: `judging one statement in a mechanism of ${mechanism.requests.toLocaleString('en')} open requests (${bytesPerOpenRequest} bytes each in memory)`,
      ours: us(mechanism.large),
      beside: `of 1,000: ${us(mechanism.small)}`,
      ratio: mechanism.large / mechanism.small,
      aim,
    },
    {
      id: 'suspend-mechanism',
      what: `suspending a mechanism under which ${suspension.duties[1].toLocaleString('en')} duties are open`,
      ours: us(suspension.large),
      beside: `${suspension.duties[0].toLocaleString('en')}: ${us(suspension.small)}`,
      ratio: suspension.large / suspension.small,
      aim,
    },
  ]
}
