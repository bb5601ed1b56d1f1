import { usageError } from './command-error.ts'

/**
 * Texts in several languages, as given by `--name az=… --name hy=…`; a text without a language is English.
 */
export function textsByLanguage(given: readonly string[]): Record<string, string> {
  const texts = new Map<string, string>()
  for (const item of given) {
    const [, language = 'en', text = item] = /^([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)=(.+)$/s.exec(item) ?? []
    if (texts.has(language)) throw usageError(`There are two texts in the language ${language}.`)
    texts.set(language, text)
  }
  return Object.fromEntries(texts)
}
