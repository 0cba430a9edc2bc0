/** What a spreadsheet would take for a formula; a quote before it makes it text. @see OWASP, CSV injection */
const formulaStart = /^[=+\-@\t\r]/;
const looksLikeNumber = /^-?\d+(\.\d+)?$/;

/**
 * A text as one cell of CSV (RFC 4180, comma): quoted where it must be, and with a `'` in front where a spreadsheet would
 * calculate it; `readGuarded` takes that off again.
 */
export function csvText(text: string): string {
  const guarded = needsGuard(text) ? `'${text}` : text;
  return /[",\r\n;\t]/.test(guarded) || guarded !== guarded.trim()
    ? `"${guarded.replaceAll('"', '""')}"`
    : guarded;
}

/** Also what begins with our own guard, so that taking one off always gives what was written. */
const needsGuard = (text: string): boolean =>
  (formulaStart.test(text) && !looksLikeNumber.test(text)) || /^'+[=+\-@\t\r]/.test(text);

/** The text without the guard that `csvText` put before it. */
export const readGuarded = (text: string): string =>
  /^'+[=+\-@\t\r]/.test(text) ? text.slice(1) : text;
