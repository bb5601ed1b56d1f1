import { wordForm } from './acts-table.ts'

/** A column of a table of acts: what its cells hold. */
export interface Column<T, Needed extends boolean = boolean, Several extends boolean = boolean> {
  /** Whether the act cannot be stated without it. */
  readonly needed: Needed
  /** Whether a cell, and the rows of one request together, may hold more than one. */
  readonly several: Several
  /** What is wrong with a cell that cannot be read. */
  readonly rule: string
  /** The value of a text that is not empty; nothing if it is none. */
  read(text: string): T | undefined
}

/** A column that must hold a word of a vocabulary. Capitals, and spaces in place of hyphens, do not matter. */
export function word<W extends string>(words: readonly W[]): Column<W, true, false> {
  return { needed: true, several: false, ...ofWords(words) }
}

/** A column that may hold words of a vocabulary, separated by semicolons or lines. */
export function words<W extends string>(vocabulary: readonly W[]): Column<W, false, true> {
  return { needed: false, several: true, ...ofWords(vocabulary) }
}

function ofWords<W extends string>(words: readonly W[]) {
  return {
    rule: `must be one of ${words.join(', ')}`,
    read: (text: string) => words.find((candidate) => candidate === wordForm(text)),
  }
}

/** A column that must hold a whole number from 1 on. */
export function number(most: number): Column<number, true, false> {
  return {
    needed: true,
    several: false,
    rule: `must be a whole number from 1 to ${most}`,
    read: (text) => (/^[1-9]\d*$/.test(text) && Number(text) <= most ? Number(text) : undefined),
  }
}

/** A column that may hold a text. */
export const text: Column<string, false, false> = {
  needed: false,
  several: false,
  rule: 'must be a text',
  read: (cell) => cell,
}

/** The same column, to be filled. */
export function needed<T, S extends boolean>(column: Column<T, boolean, S>): Column<T, true, S> {
  return { ...column, needed: true }
}

/** The same column, which may be left empty. */
export function optional<T, S extends boolean>(column: Column<T, boolean, S>): Column<T, false, S> {
  return { ...column, needed: false }
}
