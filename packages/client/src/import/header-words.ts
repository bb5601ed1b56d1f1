import type { ImportTarget } from './fields.ts'

/*
 * Stems by which a column is recognised, in the languages of the registers at hand: Spanish, English, Russian, Azerbaijani, Armenian, French.
 * They are compared without accents. A stem that is a whole word only (`ad`, `pol`) ends in a space.
 */
const words = {
  date: ['fecha', 'date', 'дата', 'tarix', 'ամսաթիվ', 'օր '],
  place: ['lugar', 'localidad', 'municipio', 'pueblo', 'place', 'locality', 'место', 'yer', 'վայր', 'lieu'],
  birth: ['nacim', 'nacid', 'birth', 'born', 'рожд', 'dogum', 'dogul', 'ծնն', 'ծնուն', 'ծնված', 'naissance'],
  death: ['fallec', 'defunc', 'muert', 'death', 'died', 'смерт', 'гибел', 'olum', 'vefat', 'մահ', 'deces', 'mort'],
  lost: [
    'desapar',
    'missing',
    'disappear',
    'last seen',
    'last contact',
    'пропа',
    'исчез',
    'itkin',
    'անհետ',
    'disparu',
    'dispari',
  ],
  home: ['residen', 'domicil', 'address', 'прожив', 'адрес', 'yasay', 'unvan', 'բնակ', 'հասցե', 'adresse'],
  full: [
    'nombre completo',
    'nombre y apellido',
    'full name',
    'фио',
    'ф.и.о',
    'ф. и. о',
    's.a.a',
    'saa ',
    'soyadi adi',
    'soyad ad',
    'nom complet',
    'nom et prenom',
    'ազգանուն անուն',
    'անուն ազգանուն',
  ],
  family: ['apellido', 'surname', 'last name', 'family', 'фамил', 'soyad', 'ազգանուն', 'nom de famille'],
  second: ['apellido2', 'apellido 2', 'segundo apellido', 'second surname', 'second family', 'second last name'],
  patronymic: ['patronym', 'отчеств', 'ata adi', 'հայրանուն'],
  father: ['padre', 'father', 'отец', 'отца', 'atasi', 'հոր ', 'հայր ', 'pere'],
  mother: ['madre', 'mother', 'мать', 'матери', 'anasi', 'մոր ', 'մայր ', 'mere'],
  given: ['nombre', 'given', 'first name', 'forename', 'имя', 'ad ', 'adi ', 'անուն', 'prenom'],
  name: ['denomin', 'nombre', 'name', 'назван', 'наименов', 'ad ', 'adi ', 'անվանում', 'անուն', 'nom '],
  sex: ['sexo', 'sex ', 'sexe', 'gender', 'genero', 'пол ', 'cins', 'սեռ'],
  age: ['edad', 'age ', 'возраст', 'yas ', 'yasi ', 'տարիք'],
  work: ['profesi', 'oficio', 'ocupaci', 'occupation', 'profession', 'професс', 'pese', 'ixtisas', 'մասնագիտ'],
  nation: [
    'nacionalid',
    'nationalit',
    'citizen',
    'гражданств',
    'национальн',
    'milliyyet',
    'vetendas',
    'ազգություն',
    'քաղաքացի',
  ],
  unit: ['unidad', 'unit ', 'unite', 'regiment', 'часть', 'подраздел', 'hisse', 'զորամաս'],
  marks: ['senas', 'marks', 'marques', 'приметы', 'nisan', 'նշաններ'],
  clothing: ['ropa', 'vestim', 'cloth', 'одежд', 'geyim', 'հագուստ', 'vetement'],
  circumstances: ['circunst', 'circumst', 'circonst', 'обстоят', 'sereit', 'veziyyet', 'հանգամանք'],
  notes: [
    'otros datos',
    'otrosdatos',
    'observ',
    'nota',
    'note',
    'remark',
    'remarq',
    'comment',
    'coment',
    'примечан',
    'qeyd',
    'նշում',
    'ծանոթ',
  ],
  source: ['fuente', 'informante', 'source', 'источник', 'menbe', 'աղբյուր'],
  number: ['numero', 'number', 'num ', 'no ', 'nr ', 'n° ', '№', 'id ', 'номер', 'nomre', 'համար', 'codigo', 'code'],
  grave: ['fosa', 'numerofosa', 'grave', 'tomb', 'могил', 'захорон', 'mezar', 'գերեզ'],
  register: ['registro', 'regist', 'реестр', 'qeydiyyat', 'գրանց', 'fosa', 'site', 'grave', 'id ', 'code', 'codigo'],
  kind: ['tipo', 'type', 'kind', 'тип', 'вид ', 'nov', 'տեսակ'],
  status: ['estado', 'status', 'state ', 'состоян', 'veziyyet', 'status', 'վիճակ', 'etat'],
  persons: [
    'persona',
    'person',
    'victim',
    'bodies',
    'body',
    'человек',
    'лиц',
    'nefer',
    'sexs',
    'անձ',
    'personne',
    'corps',
  ],
  exhumed: ['exhum', 'эксгум', 'ekshum', 'արտաշիրիմ'],
  identified: ['identif', 'опозна', 'идентиф', 'eynil', 'tanin', 'նույնական'],
  intervention: ['interven', 'excava', 'вмешат', 'раскоп', 'qazinti', 'պեղում', 'fouille'],
  municipality: [
    'municip',
    'localidad',
    'village',
    'town',
    'commune',
    'населен',
    'село',
    'belediyye',
    'kend',
    'համայնք',
    'գյուղ',
  ],
  county: ['provinc', 'county', 'district', 'район', 'rayon', 'շրջան', 'departement'],
  region: ['comunidad', 'region', 'область', 'регион', 'vilayet', 'մարզ'],
  country: ['pais', 'country', 'страна', 'olke', 'երկիր', 'pays'],
  latitude: ['latitud', 'lat ', 'широт', 'enlik', 'լայնություն'],
  longitude: ['longitud', 'lon ', 'lng ', 'долгот', 'uzunluq', 'երկայնություն'],
  hazard: ['peligro', 'hazard', 'mine', 'мины', 'опасн', 'tehluke', 'վտանգ', 'danger'],
} as const

type Word = keyof typeof words

/** Fields by the words that must all stand in a header; the first that fits is taken, so the narrower stand first; after one without a field there are none. */
const guesses: Readonly<Record<ImportTarget, readonly (readonly [field: string, ...words: Word[]])[]>> = {
  cases: [
    ['birth.date', 'date', 'birth'],
    ['death.date', 'date', 'death'],
    ['lastContact.date', 'date', 'lost'],
    ['birth.place.verbatim', 'place', 'birth'],
    ['death.place.verbatim', 'place', 'death'],
    ['lastContact.place.verbatim', 'place', 'lost'],
    ['residence.verbatim', 'home'],
    ['birth.date', 'birth'],
    ['death.date', 'death'],
    ['lastContact.circumstances', 'circumstances'],
    ['names.0.full', 'full'],
    ['names.0.patronymic', 'patronymic'],
    ['fathersName', 'father'],
    ['mothersName', 'mother'],
    ['names.0.secondFamily', 'second'],
    ['names.0.family', 'family'],
    ['names.0.given', 'given'],
    ['sex', 'sex'],
    ['age', 'age'],
    ['occupation', 'work'],
    ['nationality', 'nation'],
    ['service.unit', 'unit'],
    ['notes', 'notes'],
    ['marks', 'marks'],
    ['clothing', 'clothing'],
    ['source', 'source'],
    ['', 'number', 'grave'],
    ['fileNumber', 'number'],
  ],
  sites: [
    ['persons.exhumed', 'exhumed'],
    ['persons.identified', 'identified'],
    ['persons.buried', 'persons'],
    ['registerNumber', 'number', 'register'],
    ['intervention.date', 'date', 'intervention'],
    ['intervention.kind', 'intervention'],
    ['established', 'date'],
    ['latitude', 'latitude'],
    ['longitude', 'longitude'],
    ['kind', 'kind'],
    ['status', 'status'],
    ['names.0', 'name'],
    ['municipality', 'municipality'],
    ['county', 'county'],
    ['stateProvince', 'region'],
    ['country', 'country'],
    ['hazard', 'hazard'],
    ['remarks', 'notes'],
    ['source', 'source'],
    ['registerNumber', 'number'],
    ['registerNumber', 'register'],
  ],
}

/** The fields that a column may fill, going by its name, the likeliest first. */
export function guessFields(target: ImportTarget, header: string): string[] {
  const text = plain(header)
  const has = (word: Word) => words[word].some((stem) => startsInside(text, plain(stem, false)))
  const found = guesses[target].filter(([, ...needed]) => needed.every(has)).map(([field]) => field)
  const end = found.indexOf('')
  return [...new Set(end === -1 ? found : found.slice(0, end))]
}

/** Small letters without accents, ə as e and ı as i; words apart from each other and from numbers by one space. */
function plain(text: string, closed = true): string {
  const letters = text
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('ə', 'e')
    .replaceAll('ı', 'i')
    .replaceAll(/[^\p{L}\p{N}.№°]+/gu, ' ')
  return closed ? ` ${letters.trim()} ` : letters
}

/** Names of columns are often run together (LOCALIDADNACIMIENTO): long stems count anywhere, short ones at the start of a word only. */
function startsInside(text: string, stem: string): boolean {
  return stem.trim().length >= 5 ? text.includes(stem) : text.includes(` ${stem}`)
}

/** What is written for the words of a vocabulary, folded; the first letter alone counts too. */
const vocabularies: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  sex: {
    female: [
      'f',
      'female',
      'mujer',
      'femenino',
      'hembra',
      'ж',
      'жен',
      'женский',
      'qadin',
      'q',
      'իգական',
      'ի',
      'femme',
      'feminin',
    ],
    male: [
      'm',
      'male',
      'h',
      'hombre',
      'masculino',
      'v',
      'varon',
      'м',
      'муж',
      'мужской',
      'kisi',
      'k',
      'արական',
      'ա',
      'homme',
      'masculin',
    ],
  },
}

/** The words of a field's vocabulary that its texts stand for, as far as they can be guessed. */
export function guessWords(field: string, texts: readonly string[]): Map<string, string> {
  const bare = (text: string) => plain(text).trim().replace(/\.$/, '')
  // Beside h (hombre), m is mujer; beside f it is masculino: where both stand, an officer must say.
  const unclear = field === 'sex' && texts.some((text) => bare(text) === 'h') ? 'm' : undefined
  const known = Object.entries(vocabularies[field] ?? {})
  return new Map(
    texts.flatMap((text) => {
      const word = known.find(([, forms]) => forms.includes(bare(text)))?.[0]
      return word === undefined || bare(text) === unclear ? [] : [[text, word]]
    }),
  )
}

/** Texts with which names begin that are none. */
export const placeholderStems = [
  'desconocid',
  'no consta',
  'unknown',
  'неизвест',
  'namelum',
  'naməlum',
  'անհայտ',
  'inconnu',
] as const
