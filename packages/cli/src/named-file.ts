import { openAsBlob } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { CommandError, usageError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'

/**
 * What is told of a file or folder that was named and cannot be used.
 *
 * @param act what cannot be done with it
 * @param option that names it; none for an argument
 */
export function unusableFile(file: string, error: unknown, act: 'read' | 'written', option?: string): CommandError {
  const where = option === undefined ? '' : `${option}: `
  return new CommandError(`${where}${file} cannot be ${act}: ${reasonOf(error, act)}.`, exitCodes.usage, {
    code: 'cli/file',
    cause: error,
  })
}

function reasonOf(error: unknown, act: 'read' | 'written'): string {
  const { code, message } = error as NodeJS.ErrnoException
  switch (code) {
    case 'ENOENT':
      return act === 'read' ? 'there is no such file' : 'there is no such folder'
    case 'EISDIR':
      return 'it is a folder'
    case 'ENOTDIR':
      return 'what stands before its name is no folder'
    case 'EACCES':
    case 'EPERM':
      return 'this user may not'
    default:
      return message
  }
}

/**
 * The text of a file that an option or an argument names.
 *
 * @throws {CommandError} it cannot be read
 */
export async function readNamed(file: string, option?: string): Promise<string> {
  return await readFile(file, 'utf8').catch((error: unknown) => {
    throw unusableFile(file, error, 'read', option)
  })
}

/**
 * What a file in JSON holds. Whether it fits is for the caller to check.
 *
 * @throws {CommandError} it cannot be read, or is not JSON
 */
export async function readNamedJson(file: string, option?: string): Promise<unknown> {
  const text = await readNamed(file, option)
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw usageError(`${option === undefined ? '' : `${option}: `}${file} must hold JSON.`)
  }
}

/**
 * Opens a table or another large file that an option or an argument names.
 *
 * @throws {CommandError} it cannot be read
 */
export async function openNamed(file: string, option?: string): Promise<Blob> {
  try {
    if ((await stat(file)).isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' })
    return await openAsBlob(file)
  } catch (error) {
    throw unusableFile(file, error, 'read', option)
  }
}

/**
 * Writes a file that an option names.
 *
 * @throws {CommandError} it cannot be written
 */
export async function writeNamed(file: string, text: string, option: string): Promise<void> {
  await writeFile(file, text).catch((error: unknown) => {
    throw unusableFile(file, error, 'written', option)
  })
}
