/**
 * The copies of the shell that this browser keeps, a cache for each version. A tab may run an older
 * version than the service worker, so the files of the versions before stay for a while.
 */

/** A file that a version consists of. */
export type File = {
  path: string;
  /** Subresource integrity; absent for the page, to which a host may add something of its own. */
  integrity?: string;
};

/** How many versions stay besides the newest. */
const OLDER_VERSIONS = 2;
const PREFIX = 'shell-';

export const PAGE = '/';

export class Versions {
  readonly #name: string;

  constructor(
    private readonly caches: CacheStorage,
    private readonly fetch: (path: string, init: RequestInit) => Promise<Response>,
    version: string,
    private readonly files: readonly File[],
  ) {
    this.#name = PREFIX + version;
  }

  /**
   * Fetches every file of this version; fails when one is missing or damaged, and nothing is kept.
   * The page comes last, so a cache that has it is complete.
   */
  async install(): Promise<void> {
    // Left over from an interrupted install, or from a version that was rolled back and is back.
    await this.caches.delete(this.#name);
    try {
      const cache = await this.caches.open(this.#name);
      await Promise.all(
        this.files.filter(({ path }) => path !== PAGE).map((file) => this.#keep(cache, file)),
      );
      await this.#keep(cache, { path: PAGE });
    } catch (error) {
      await this.caches.delete(this.#name);
      throw error;
    }
  }

  async #keep(cache: Cache, { path, integrity }: File): Promise<void> {
    // The name of a built file contains its hash: what an older version has is the same file.
    const known = isHashed(path) ? await this.file(path) : undefined;
    const response = known ?? (await this.#download(path, integrity));
    await cache.put(path, response);
  }

  async #download(path: string, integrity: string | undefined): Promise<Response> {
    const response = await this.fetch(path, {
      cache: isHashed(path) ? 'default' : 'no-cache',
      ...(integrity && { integrity }),
    });
    const isHtml = response.headers.get('content-type')?.startsWith('text/html') ?? false;
    // The host answers the page for a file that it does not have.
    if (!response.ok || response.redirected || isHtml !== (path === PAGE)) {
      throw new Error(`${path} was answered with ${response.status}`);
    }
    return response;
  }

  /** The file of this version, or else of the newest that has it. */
  async file(path: string): Promise<Response | undefined> {
    const names = (await this.#names()).filter((name) => name !== this.#name);
    for (const name of [this.#name, ...names.reverse()]) {
      if (!(await this.caches.has(name))) continue;
      const found = await (await this.caches.open(name)).match(path, { ignoreVary: true });
      if (found) return found;
    }
    return undefined;
  }

  /** The page of this version. */
  page(): Promise<Response | undefined> {
    return this.#pageOf(this.#name);
  }

  /** The page of the newest version that is complete. */
  async newestPage(): Promise<Response | undefined> {
    for (const name of (await this.#names()).reverse()) {
      const page = await this.#pageOf(name);
      if (page) return page;
    }
    return undefined;
  }

  async #pageOf(name: string): Promise<Response | undefined> {
    if (!(await this.caches.has(name))) return undefined;
    return (await this.caches.open(name)).match(PAGE, { ignoreVary: true });
  }

  /** Whether a file belongs to this version. */
  has = (path: string): boolean => this.files.some((file) => file.path === path);

  /** Forgets all but this version and the newest before it. */
  async prune(): Promise<void> {
    const others = (await this.#names()).filter((name) => name !== this.#name);
    const old = others.slice(0, Math.max(0, others.length - OLDER_VERSIONS));
    await Promise.all(old.map((name) => this.caches.delete(name)));
  }

  /** Oldest first: the browser lists caches in the order in which they were created. */
  async #names(): Promise<string[]> {
    return (await this.caches.keys()).filter((name) => name.startsWith(PREFIX));
  }
}

/** Whether the name of a file changes with its content. */
export const isHashed = (path: string): boolean => path.startsWith('/assets/');
