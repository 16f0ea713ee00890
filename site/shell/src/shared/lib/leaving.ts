/** Remembers the path that this tab left for a provider, to return to it. */
const LEFT_FROM = 'prox.left-from';

/** Before leaving: remembers a path of this site in this tab. */
export function rememberPlace(path: string): void {
  try {
    sessionStorage.setItem(LEFT_FROM, path);
  } catch {
    // Storage is closed: the way back leads to the start.
  }
}

/** The path that this tab left from. */
export function placeBefore(): string | null {
  try {
    return sessionStorage.getItem(LEFT_FROM);
  } catch {
    return null;
  }
}
