/** A text as it is compared: without white space around it, capitals and small letters alike, one form for each letter with its marks (NFC). */
export function fold(text: string): string {
  // To capitals first, because some letters have several small forms: ß and ss, σ and ς.
  return text.trim().normalize('NFC').toUpperCase().toLowerCase()
}
