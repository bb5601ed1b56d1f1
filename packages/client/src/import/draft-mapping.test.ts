import { describe, expect, it } from 'vitest'
import { draftMapping } from './draft-mapping.ts'
import { textRow, workbookOf } from './workbook.fixture.ts'

const draft = (text: string | Blob, target: 'cases' | 'sites' = 'cases') =>
  draftMapping(text instanceof Blob ? text : new Blob([text]), target)

const day = (field: string) => ({ field, dates: ['day-month-year'] })

describe('a drafted mapping', () => {
  it.each([
    [
      'Spanish',
      'NOMBRE;APELLIDO1;APELLIDO2;SEXO;EDAD;LOCALIDADNACIMIENTO;FECHA_NACIMIENTO;PROFESION;OTROSDATOS\nA;B;C;V;3;D;31/12/1900;E;F\n',
      {
        NOMBRE: 'names.0.given',
        APELLIDO1: 'names.0.family',
        APELLIDO2: 'names.0.secondFamily',
        SEXO: { field: 'sex', values: { V: 'male' } },
        EDAD: 'age',
        LOCALIDADNACIMIENTO: 'birth.place.verbatim',
        FECHA_NACIMIENTO: day('birth.date'),
        PROFESION: 'occupation',
        OTROSDATOS: 'notes',
      },
    ],
    [
      'English',
      "First name,Last name,Father's name,Date of birth,Gender,Place last seen,Remarks\nA,B,C,1960-05-31,F,D,E\n",
      {
        'First name': 'names.0.given',
        'Last name': 'names.0.family',
        "Father's name": 'fathersName',
        'Date of birth': 'birth.date',
        Gender: { field: 'sex', values: { F: 'female' } },
        'Place last seen': 'lastContact.place.verbatim',
        Remarks: 'notes',
      },
    ],
    [
      'Russian',
      'Фамилия\tИмя\tОтчество\tДата рождения\tПол\tМесто исчезновения\tПримечание\nА\tБ\tВ\t31.05.1960\tМ\tГ\tД\n',
      {
        Фамилия: 'names.0.family',
        Имя: 'names.0.given',
        Отчество: 'names.0.patronymic',
        'Дата рождения': day('birth.date'),
        Пол: { field: 'sex', values: { М: 'male' } },
        'Место исчезновения': 'lastContact.place.verbatim',
        Примечание: 'notes',
      },
    ],
    [
      'Azerbaijani',
      'Soyadı,Adı,Ata adı,Doğum tarixi,Cinsi,İtkin düşdüyü yer,Qeyd\nA,B,C,1960,qadın,D,E\n',
      {
        Soyadı: 'names.0.family',
        Adı: 'names.0.given',
        'Ata adı': 'names.0.patronymic',
        'Doğum tarixi': 'birth.date',
        Cinsi: { field: 'sex', values: { qadın: 'female' } },
        'İtkin düşdüyü yer': 'lastContact.place.verbatim',
        Qeyd: 'notes',
      },
    ],
    [
      'Armenian',
      'Ազգանուն;Անուն;Հայրանուն;Ծննդյան ամսաթիվ;Սեռ\nա;բ;գ;31.05.1960;արական\n',
      {
        Ազգանուն: 'names.0.family',
        Անուն: 'names.0.given',
        Հայրանուն: 'names.0.patronymic',
        'Ծննդյան ամսաթիվ': day('birth.date'),
        Սեռ: { field: 'sex', values: { արական: 'male' } },
      },
    ],
    [
      'French',
      'Nom de famille,Prénom,Date de naissance,Lieu de naissance,Sexe\nA,B,31/05/1960,C,h\n',
      {
        'Nom de famille': 'names.0.family',
        Prénom: 'names.0.given',
        'Date de naissance': day('birth.date'),
        'Lieu de naissance': 'birth.place.verbatim',
        Sexe: { field: 'sex', values: { h: 'male' } },
      },
    ],
  ])('reads a header in %s', async (_, file, columns) => {
    const mapping = await draft(file)
    expect(mapping.columns).toEqual(columns)
    expect(mapping.unmapped).toBeUndefined()
  })

  it('tells how the file is written', async () => {
    const windows1252 = Uint8Array.from([...'NOMBRE;A\xd1O\nPe\xf1a;1\n'].map((c) => c.charCodeAt(0)))
    expect((await draft(new Blob([windows1252]))).source).toEqual({ encoding: 'windows-1252', delimiter: ';' })
    const windows1251 = Uint8Array.from([
      0xc8, 0xec, 0xff, 0x2c, 0xcf, 0xee, 0xeb, 0x0a, 0xc0, 0xed, 0xed, 0xe0, 0x2c, 0xc6, 0x0a,
    ])
    expect((await draft(new Blob([windows1251]))).source).toEqual({ encoding: 'windows-1251' })
    const workbook = workbookOf({ sheets: { S: textRow(1, 'Name') + textRow(2, 'A') } })
    expect((await draftMapping(workbook, 'sites', 'S')).source).toEqual({ sheet: 'S' })
  })

  it('leaves what it cannot tell to the officer, in words', async () => {
    const mapping = await draft(
      'Name of person,Gender,Shoe size,Date of birth,Date of death\nA,H,40,01/02/1960,long ago\nB,M,41,03/04/1961,1992\n',
    )
    expect(mapping.unmapped).toEqual(['Name of person', 'Shoe size'])
    expect(mapping.columns).toEqual({
      Gender: { field: 'sex', values: { H: 'male' } },
      'Date of birth': day('birth.date'),
      'Date of death': 'death.date',
    })
    expect(mapping.advice).toEqual([
      expect.stringContaining(
        'Gender: say under "values" what "M" stand for: female, male, other, or null for nothing',
      ),
      'Date of birth: check whether the day or the month stands first',
      expect.stringContaining('Date of death: 1 of 2 dates looked at do not fit'),
      expect.stringContaining('Decide on each column under "unmapped"'),
      expect.stringContaining('No column looks like a name'),
    ])
  })

  it('takes the names as what identifies a person, and a register number that does not repeat as the key', async () => {
    const cases = await draft('No,Full name\n1,A\n2,B\n')
    expect(cases).toMatchObject({ rowKey: ['No'], identified: { columns: ['Full name'] } })
    const sites = await draft('NUMERO_REGISTRO;DENOMINACION_FOSA\n1/2009;A\n1/2010;B\n', 'sites')
    expect(sites).toMatchObject({
      columns: { NUMERO_REGISTRO: 'registerNumber', DENOMINACION_FOSA: 'names.0' },
      rowKey: ['NUMERO_REGISTRO'],
    })
    expect(sites.identified).toBeUndefined()
  })
})
