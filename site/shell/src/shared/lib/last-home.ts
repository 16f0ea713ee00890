/** The space that a person had open last in this browser: where `/start` begins. */
const KEY = 'prox.last-home';

export type Home = { organization: string; space: string };

/** Keeps the slugs for the person with this id. */
export function rememberHome(person: string, home: Home): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ person, ...home }));
  } catch {
    // Storage is closed: the start is the person's own home.
  }
}

/** The slugs; null when this person has none, or another person used this browser last. */
export function lastHome(person: string): Home | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    if (typeof kept !== 'object' || kept === null) return null;
    const { person: owner, organization, space } = kept as Record<string, unknown>;
    const isOwn = owner === person && typeof organization === 'string' && typeof space === 'string';
    return isOwn ? { organization, space } : null;
  } catch {
    return null;
  }
}

export function forgetHome(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}
