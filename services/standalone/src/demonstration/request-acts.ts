import { corrections, drafts, requests, type Unsigned } from '@tidings/client'
import {
  canonicalForm,
  type Disposition,
  type PayloadOf,
  type Question,
  type ReplyFile,
  type RequestFile,
  replyFile,
  requestFile,
  type Statement,
} from '@tidings/statement'
import { type Act, otherSide, type Side, type Told, type Voice } from './act.ts'
import { chanceOf } from './chance.ts'
import { inventedFindings, type Shown } from './findings.ts'
import type { Life, Step } from './lives.ts'
import type { World } from './world.ts'

/** A request of a demonstration: by whom, about what, and how its life goes. */
export interface InventedRequest {
  /** Its thing. */
  readonly id: string
  /** By which its acts are named, e.g. `A request 17`. */
  readonly key: string
  readonly side: Side
  readonly life: Life
  readonly matter: PayloadOf<'request.submit'>['body']['matter']
  /** Subject of what it tells. */
  readonly subject: string
  file(): RequestFile
  /** What the other side can show. */
  shown(): Shown
}

/** The act that asks. */
export function asking(world: World, request: InventedRequest): Act {
  const { cast, mechanism, participants } = world
  const { id, key, side, life, matter } = request
  return {
    key,
    by: side,
    ...(life.drafted && { drafted: true }),
    make: () =>
      requests.submit({
        id,
        mechanism,
        participants,
        asker: cast[side],
        addressee: cast[otherSide[side]],
        matter,
        questions: life.questions,
        file: request.file(),
      }),
  }
}

/** The acts that follow, one for each step of its life. */
export function following(world: World, request: InventedRequest, days: readonly number[]): Act[] {
  const past = new Past(request.key)
  return request.life.steps.map((step, i) => {
    const act = actOf(world, request, { step, key: `${request.key} step ${i + 1}`, day: days[i] ?? 0 }, past)
    past.happened(step, act.key)
    return act
  })
}

interface Doing {
  readonly step: Step
  readonly key: string
  readonly day: number
}

/** Keys of what was stated last in a request, by what it was. */
class Past {
  readonly #latest = new Map<string, string>()
  constructor(submitted: string) {
    this.#latest.set('submit', submitted)
  }

  happened({ does }: Step, key: string): void {
    this.#latest.set(does, key)
    if (does === 'correct-reply') this.#latest.set('reply', key)
    if (does === 'assess' || does === 'refer') this.#latest.set('referral', key)
    if (does === 'ask-clarification' || does === 'return') this.#latest.set('asked-back', key)
  }

  /** Key of the latest of a kind. */
  latest(of: Step['does'] | 'submit' | 'referral' | 'asked-back'): string {
    const key = this.#latest.get(of)
    if (key === undefined) throw new TypeError(`internal error: a life goes on from a ${of} that it has not had`)
    return key
  }
}

function actOf(world: World, request: InventedRequest, doing: Doing, past: Past): Act {
  const { cast, mechanism, participants } = world
  const { side, key: submitted } = request
  const { step, key } = doing
  const [asker, addressee] = [side, otherSide[side]] as const
  const known = (told: Told) => ({
    id: request.id,
    mechanism,
    asker: cast[asker],
    addressee: cast[addressee],
    submitted: { statement: told.id(submitted) },
    content: { subject: request.subject },
  })
  const act = (by: Voice, make: (said: requests.Within, told: Told) => Unsigned, text?: string): Act => ({
    key,
    by,
    make: (told) =>
      make({ request: known(told), participants, by: cast[by], ...(text !== undefined && { text }) }, told),
  })
  switch (step.does) {
    case 'acknowledge':
      return act(addressee, ({ request: it }) => requests.acknowledge(it, participants))
    case 'reply': {
      const { answers, file } = answering(world, request, doing, step.answers, step.until)
      const replying = act(addressee, ({ request: it }) => requests.reply(it, participants, answers, file()))
      return { ...replying, ...(step.drafted && { drafted: true }) }
    }
    case 'release': {
      const draft = past.latest('reply')
      return act(addressee, (_, told) => drafts.release(told.statement(draft)))
    }
    case 'correct-reply': {
      const before = past.latest('reply')
      const { answers, file } = answering(world, request, doing, step.answers)
      const body = { stream: 'request', kind: 'request.reply', body: { answers } } as const
      return act(addressee, (_, told) => {
        const found = file()
        const contents = found ? [content(request.subject, replyFile.mediaType, found)] : []
        return corrections.correct(told.statement(before), body, contents)
      })
    }
    case 'retract-reply': {
      const before = past.latest('reply')
      return act(addressee, (_, told) => corrections.retract(told.statement(before), 'Written about another person.'))
    }
    case 'correct-request':
      return act(asker, (_, told) => {
        const before = told.statement(submitted) as Statement<'request.submit'>
        const body = { stream: 'request', kind: 'request.submit', body: before.payload.body } as const
        const file = { ...request.file(), note: 'The family has corrected the year of birth.' }
        return corrections.correct(before, body, [content(request.subject, requestFile.mediaType, file)])
      })
    case 'assess': {
      const reply = past.latest('reply')
      const assessments = entries(step.assessments).map(([question, assessment]) => ({ question, assessment }))
      const text = assessments.some(({ assessment }) => assessment === 'insufficient' || assessment === 'disputed')
        ? 'Please search the registers of the neighbouring district as well.'
        : undefined
      return act(asker, ({ request: it }, told) =>
        requests.assess(it, participants, [told.id(reply)], assessments, text),
      )
    }
    case 'ask-clarification': {
      const body = { questions: [...step.questions], unclear: ['identity', 'date'] as ('identity' | 'date')[] }
      return act(
        addressee,
        (said) => requests.askClarification(said, body),
        'Two persons of this name are in our registers.',
      )
    }
    case 'clarify': {
      const asked = past.latest('asked-back')
      return act(
        asker,
        (said, told) => requests.clarify(said, told.id(asked)),
        'Born in the village named, the younger of the two.',
      )
    }
    case 'ask-extension': {
      const body = { questions: [...step.questions], n: step.n, reason: 'search-under-way' } as const
      return act(addressee, (said) => requests.askExtension(said, { ...body, questions: [...step.questions] }))
    }
    case 'decide-extension': {
      const asked = past.latest('ask-extension')
      return act(asker, (said, told) => requests.decideExtension(said, told.id(asked), step.decision))
    }
    case 'return':
      return act('M', (said) => requests.returnAsIncomplete(said, step.missing))
    case 'refer':
      return act(asker, (said) => requests.refer(said, { questions: [...step.questions], ground: 'no-reply' }))
    case 'decide-referral': {
      const referral = past.latest('referral')
      return act('M', (said, told) =>
        requests.decideReferral(said, [told.id(referral)], [decision(world, doing.day, step)]),
      )
    }
    case 'remind': {
      const body = { duty: 'reply', questions: [...step.questions] } as const
      return act(step.by === 'mediator' ? 'M' : asker, (said) =>
        requests.remind(said, { ...body, questions: [...step.questions] }),
      )
    }
    case 'reopen':
      return act(asker, (said) => requests.reopen(said, [...step.questions]))
    case 'withdraw':
      return act(asker, ({ request: it }) => requests.withdraw(it, participants))
  }
}

type Decision = PayloadOf<'request.decide-referral'>['body']['decisions'][number]

function decision(world: World, day: number, step: Extract<Step, { does: 'decide-referral' }>): Decision {
  const { outcome, until = 0 } = step
  const question = 'whereabouts'
  return outcome === 'review-by' ? { question, outcome, review: world.later(day, until) } : { question, outcome }
}

type Answers = PayloadOf<'request.reply'>['body']['answers']

/** What a reply says, and what it tells. */
function answering(
  world: World,
  { key, shown }: InventedRequest,
  { day, key: own }: Doing,
  dispositions: { readonly [Q in Question]?: Disposition },
  until = 60,
): { readonly answers: Answers; file(): ReplyFile | undefined } {
  const stated = entries(dispositions)
  const date = world.later(day, until)
  const answers = stated.map(([question, disposition]): Answers[number] => {
    if (disposition === 'interim') return { question, disposition, estimate: date }
    if (disposition === 'not-now' || disposition === 'given-in-part') return { question, disposition, review: date }
    return { question, disposition }
  })
  return { answers, file: () => inventedFindings(chanceOf(`findings ${key} ${own}`), stated, shown()) }
}

function entries<T>(by: { readonly [Q in Question]?: T }): [Question, T][] {
  return Object.entries(by) as [Question, T][]
}

function content(subject: string, mediaType: string, value: unknown) {
  return { subject, mediaType, data: canonicalForm(value) }
}
