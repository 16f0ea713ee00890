/** The space that a person had open last in this browser: where `/start` begins. */
const KEY = 'prox.last-home';

/** By slugs, and the id of the space. */
export type Home = { organization: string; space: string; id: string };

/** What the header of a space is drawn on. */
export type CoverKind = 'art' | 'picture' | 'none';

/** Keeps it for the person with this id. */
export function rememberHome(person: string, home: Home, cover: CoverKind): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ person, ...home, cover }));
  } catch {
    // Storage is closed: the start is the person's own home.
  }
}

/** What is kept; without fields when nothing can be read. */
function kept(): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Null when this person has none, or another person used this browser last. */
export function lastHome(person: string): Home | null {
  const { person: owner, organization, space, id } = kept();
  if (owner !== person || typeof organization !== 'string') return null;
  return typeof space === 'string' && typeof id === 'string' ? { organization, space, id } : null;
}

/** What the space at an address is drawn on, before it is known who asks; `none` when that is not kept. */
export function lastCover(path: string): CoverKind {
  const { organization, space, cover } = kept();
  const places = ['/', '/start', `/o/${organization}`, `/o/${organization}/${space}`];
  return places.includes(path) && (cover === 'art' || cover === 'picture') ? cover : 'none';
}

export function forgetHome(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}
