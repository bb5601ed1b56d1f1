import { FileError } from '@tidings/sqlite-file'
import { DamagedError, type EventStoreError, NewerFormatError, SecondWriterError, UnavailableError } from '../errors.ts'

/** The port's error for what went wrong with the file; anything else is returned as it is. */
export function toPortError<E>(error: E): E | EventStoreError {
  if (!(error instanceof FileError)) return error
  const options = { cause: error }
  switch (error.reason) {
    case 'not-ours':
    case 'damaged':
      return new DamagedError(error.message, options)
    case 'newer':
      return new NewerFormatError(`${error.message}: use that version or a later one`, options)
    case 'in-use':
      return new SecondWriterError(error.message, options)
    case 'missing':
    case 'unavailable':
      return new UnavailableError(error.message, options)
  }
}
