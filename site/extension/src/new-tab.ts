/** A new tab: the home, or the question where it is. */
import { startUrl } from './address.ts';
import { readOrigin } from './settings.ts';

const origin = await readOrigin();
if (origin !== null) location.replace(startUrl(origin));
else {
  const main = document.querySelector('main');
  main?.removeAttribute('hidden');
  main
    ?.querySelector('button')
    ?.addEventListener('click', () => void chrome.runtime.openOptionsPage());
}
