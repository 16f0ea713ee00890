/** A reason of the preflight in two parts: plain words, and the exact rule. */
export type Reason = { words: string; rule: string | null };

/** The API writes the rule in brackets at the end: `The site may … (X-Frame-Options: DENY).` */
export function reasonOf(text: string): Reason {
  const [, words, rule] = /^(.*\S) \(([^()]*)\)\.?$/su.exec(text) ?? [];
  return words && rule ? { words: `${words}.`, rule } : { words: text, rule: null };
}

/** Reasons with equal words merged into one that lists all their rules. */
export function reasonsOf(texts: readonly string[]): { words: string; rules: string[] }[] {
  const rules = new Map<string, Set<string>>();
  for (const text of texts) {
    const { words, rule } = reasonOf(text);
    const known = rules.get(words) ?? new Set();
    rules.set(words, rule ? known.add(rule) : known);
  }
  return [...rules].map(([words, set]) => ({ words, rules: [...set] }));
}
