/** At `/start` the search has the focus, and what a person types there is what they look for. */
import { openDialog } from '@/system/dialogs';
import { DIALOGS } from './dialogs';

/** Milliseconds that the desktop may take to appear. */
const TIMEOUT = 10_000;

const found = () => document.querySelector<HTMLElement>('[data-search]');

/** Resolves with the button of the search as soon as it is there; null when it does not come. */
const searchButton = () =>
  new Promise<HTMLElement | null>((resolve) => {
    const end = () => {
      observer.disconnect();
      clearTimeout(timer);
      resolve(found());
    };
    const observer = new MutationObserver(() => found() && end());
    const timer = setTimeout(end, TIMEOUT);
    observer.observe(document.body, { childList: true, subtree: true });
    if (found()) end();
  });

/** Puts the focus on the button of the search, unless the person is elsewhere already. */
export async function focusSearch(): Promise<void> {
  const button = await searchButton();
  if (!button || (document.activeElement && document.activeElement !== document.body)) return;
  DIALOGS.search.preload();
  button.focus({ preventScroll: true });
  button.addEventListener('keydown', (event) => {
    const types = [...event.key].length === 1 && event.key !== ' ';
    if (!types || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    event.preventDefault();
    openDialog('search', { q: event.key });
  });
}
