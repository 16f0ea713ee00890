/** A reason of the preflight in two parts: words for everybody, and the exact rule for who needs it. */
export type Reason = { words: string; rule: string | null };

/** The API writes the rule in brackets at the end: `The site may … (X-Frame-Options: DENY).` */
export function reasonOf(text: string): Reason {
  const [, words, rule] = /^(.*\S) \(([^()]*)\)\.?$/su.exec(text) ?? [];
  return words && rule ? { words: `${words}.`, rule } : { words: text, rule: null };
}
