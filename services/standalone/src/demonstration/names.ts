import type { PersonFile } from '@tidings/statement'
import type { Chance } from './chance.ts'

/** A name of a person, as files hold it. */
export type PersonName = PersonFile['names'][number]

type Script = 'Latn' | 'Cyrl' | 'Armn' | 'Arab'

// The sounds of a tongue that nobody speaks, and how they are written. Names are put together from its syllables: any likeness is chance.
const written: Readonly<Record<Script, Readonly<Record<string, string>>>> = {
  Latn: {},
  Cyrl: {
    a: 'а',
    e: 'е',
    i: 'и',
    o: 'о',
    u: 'у',
    b: 'б',
    d: 'д',
    g: 'г',
    k: 'к',
    l: 'л',
    m: 'м',
    n: 'н',
    r: 'р',
    s: 'с',
    t: 'т',
    v: 'в',
    z: 'з',
    sh: 'ш',
  },
  Armn: {
    a: 'ա',
    e: 'ե',
    i: 'ի',
    o: 'ո',
    u: 'ու',
    b: 'բ',
    d: 'դ',
    g: 'գ',
    k: 'կ',
    l: 'լ',
    m: 'մ',
    n: 'ն',
    r: 'ր',
    s: 'ս',
    t: 'տ',
    v: 'վ',
    z: 'զ',
    sh: 'շ',
  },
  Arab: {
    a: 'ا',
    e: 'ي',
    i: 'ي',
    o: 'و',
    u: 'و',
    b: 'ب',
    d: 'د',
    g: 'غ',
    k: 'ك',
    l: 'ل',
    m: 'م',
    n: 'ن',
    r: 'ر',
    s: 'س',
    t: 'ت',
    v: 'ف',
    z: 'ز',
    sh: 'ش',
  },
}

// A vowel that begins a word is written otherwise.
const atTheBeginning: Readonly<Partial<Record<Script, Readonly<Record<string, string>>>>> = {
  Armn: { e: 'է', o: 'օ' },
  Arab: { a: 'أ', e: 'إي', i: 'إي', o: 'أو', u: 'أو' },
}

/** A word by its sounds. */
type Word = readonly string[]

function write(word: Word, script: Script): string {
  const text = word
    .map((sound, i) => (i === 0 ? atTheBeginning[script]?.[sound] : undefined) ?? written[script][sound] ?? sound)
    .join('')
  // Of these scripts the Arabic alone knows no capitals.
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const onsets = ['b', 'd', 'g', 'k', 'l', 'm', 'n', 'r', 's', 't', 'v', 'z', 'sh']
const vowels = ['a', 'e', 'i', 'o', 'u']
const codas = ['l', 'm', 'n', 'r', 's', 'v']

function stem(chance: Chance): Word {
  const begins = chance.in100(30) ? [] : [chance.pick(onsets)]
  const middle = chance.in100(35) ? [chance.pick(codas)] : []
  return [...begins, chance.pick(vowels), ...middle, chance.pick(onsets)]
}

/** A given name: of women it ends in a vowel, of men in a consonant. */
function givenName(chance: Chance, sex: 'female' | 'male'): Word {
  const word = [...stem(chance), chance.pick(vowels)]
  return sex === 'female' ? word : [...word, chance.pick(codas)]
}

const patronymicEnds = { female: ['a', 't', 'i'], male: ['a', 't'] } as const
const familyEnds: readonly Word[] = [
  ['e', 'n', 'd', 'i'],
  ['u', 'r'],
  ['o', 's'],
  ['a', 'r', 'u'],
  ['i', 'v', 'e'],
]

/** Names of one invented person: as they were recorded in one of four scripts, and some of them in others. */
export function inventedNames(chance: Chance, sex: 'female' | 'male'): PersonName[] {
  const script = chance.weighted<Script>([
    [40, 'Latn'],
    [30, 'Cyrl'],
    [15, 'Armn'],
    [15, 'Arab'],
  ])
  const given = givenName(chance, sex)
  const family = [...stem(chance), ...chance.pick(familyEnds)]
  const father = givenName(chance, 'male')
  const patronymic = chance.in100(90) ? [...father, ...patronymicEnds[sex]] : undefined
  const inScript = (to: Script, use: NonNullable<PersonName['use']>): PersonName => ({
    given: write(given, to),
    family: write(family, to),
    ...(patronymic && { patronymic: write(patronymic, to) }),
    script: to,
    use,
  })
  const names = [inScript(script, 'as-recorded')]
  if (script !== 'Latn' && chance.in100(60)) names.push(inScript('Latn', 'transliteration'))
  if (script === 'Latn' && chance.in100(30)) names.push(inScript('Cyrl', 'transliteration'))
  if (chance.in100(8)) names.push(inScript(script === 'Armn' ? 'Arab' : 'Armn', 'transliteration'))
  if (chance.in100(6)) names.push({ full: write(given.slice(0, 3), script), script, use: 'also-known-as' })
  return names
}
