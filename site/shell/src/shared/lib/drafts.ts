/**
 * Unsent form input. It outlives the form, a reload and the session: drafts
 * are stored in this tab by person, so that nobody else who signs in here sees them.
 */

const PREFIX = 'prox.draft';

/** The part of `sessionStorage` that this module uses. */
export type DraftStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

export class Drafts {
  /** What the storage refused: it holds until the page is left. */
  readonly #memory = new Map<string, string>();

  constructor(private readonly storage: () => DraftStorage) {}

  /** The draft as JSON text. */
  read(person: string, key: string): string | null {
    const name = nameOf(person, key);
    const held = this.#memory.get(name);
    if (held !== undefined) return held;
    try {
      return this.storage().getItem(name);
    } catch {
      return null;
    }
  }

  keep(person: string, key: string, text: string): void {
    const name = nameOf(person, key);
    try {
      this.storage().setItem(name, text);
      this.#memory.delete(name);
    } catch {
      this.#memory.set(name, text);
    }
  }

  forget(person: string, key: string): void {
    const name = nameOf(person, key);
    this.#memory.delete(name);
    try {
      this.storage().removeItem(name);
    } catch {
      // Nothing was stored.
    }
  }

  /** Forgets every draft of a person, who signs out. */
  forgetAll(person: string): void {
    const own = nameOf(person, '');
    for (const name of [...this.#memory.keys()]) {
      if (name.startsWith(own)) this.#memory.delete(name);
    }
    try {
      const storage = this.storage();
      const names = Array.from({ length: storage.length }, (_, index) => storage.key(index));
      for (const name of names) {
        if (name?.startsWith(own)) storage.removeItem(name);
      }
    } catch {
      // Nothing was stored.
    }
  }

  /** Whether leaving the page would lose something. */
  get wouldBeLost(): boolean {
    return this.#memory.size > 0;
  }
}

const nameOf = (person: string, key: string) => `${PREFIX}:${person}:${key}`;

export const drafts = new Drafts(() => sessionStorage);

/** The browser asks before it leaves the page when a draft could not be stored. */
export function guardDrafts(): void {
  addEventListener('beforeunload', (event) => {
    if (drafts.wouldBeLost) event.preventDefault();
  });
}
