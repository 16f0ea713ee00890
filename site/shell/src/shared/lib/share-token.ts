/**
 * The token of a share link whose page was left for `/shared`. `public/early.js` takes it out of the
 * address before anything else runs, and puts it here: whoever has it sees what the link shows.
 */
const KEY = 'prox.share-link';

const inAddress = () => new URLSearchParams(location.search).get('link');

/** Null when there is none. Without storage it is still in the address. */
export function shareToken(): string | null {
  try {
    return sessionStorage.getItem(KEY) ?? inAddress();
  } catch {
    return inAddress();
  }
}

export function forgetShareToken(): void {
  if (inAddress()) history.replaceState(history.state, '', location.pathname);
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Storage is closed: there is nothing to forget.
  }
}
