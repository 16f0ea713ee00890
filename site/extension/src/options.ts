/** The settings: where the home is. */
import { originOf } from './address.ts';
import { readOrigin, writeOrigin } from './settings.ts';

/** Milliseconds that an address has to answer. */
const CHECK_TIMEOUT = 10_000;

/**
 * Whether a Prox OS answers at this origin. A picture may be read from any site, so the extension needs
 * no permission for the address; other servers have no picture of this size there.
 */
function isProx(origin: string): Promise<boolean> {
  return new Promise((resolve) => {
    const picture = new Image();
    const timer = setTimeout(() => resolve(false), CHECK_TIMEOUT);
    const end = (found: boolean) => {
      clearTimeout(timer);
      resolve(found);
    };
    picture.onload = () => end(picture.naturalWidth === 192 && picture.naturalHeight === 192);
    picture.onerror = () => end(false);
    picture.src = `${origin}/icons/icon-192.png`;
  });
}

function found<T extends Element>(selector: string): T {
  const element = document.querySelector<T>(selector);
  if (!element) throw new Error(`${selector} is missing`);
  return element;
}

const form = found<HTMLFormElement>('form');
const field = found<HTMLInputElement>('input');
const button = found<HTMLButtonElement>('button');
const status = found<HTMLElement>('[role="status"]');

field.value = (await readOrigin()) ?? '';

async function save(): Promise<string> {
  const checked = originOf(field.value);
  field.setAttribute('aria-invalid', String('problem' in checked));
  if ('problem' in checked) return checked.problem;
  status.textContent = 'Looking for your home';
  if (!(await isProx(checked.origin))) {
    field.setAttribute('aria-invalid', 'true');
    return `No Prox OS answers at ${checked.origin}. Check the address and your connection.`;
  }
  await writeOrigin(checked.origin);
  field.value = checked.origin;
  return 'Saved. A new tab opens your home.';
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  button.disabled = true;
  void save()
    .catch(() => 'This browser could not save the address. Try again.')
    .then((said) => {
      status.textContent = said;
      button.disabled = false;
      if (field.getAttribute('aria-invalid') === 'true') field.focus();
    });
});
