/**
 * What is known of the icons of sites: how large they are, and their colour. Measured once in the
 * browser, and kept there, so that tiles have their colours at the first paint.
 */
import * as v from 'valibot';
import { create } from 'zustand';

const KEY = 'prox.icons';

/** The most recently measured are kept. */
const MOST = 400;

const schema = v.record(
  v.string(),
  v.object({
    /** Px of the shorter side; of a vector picture as large as any. */
    size: v.number(),
    /** `#rrggbb`; null for a grey one. */
    color: v.nullable(v.string()),
    /** Whether it fills its square, so that it needs no surface around it. */
    solid: v.boolean(),
    /** How light it is: which surface it is readable on. */
    tone: v.picklist(['dark', 'mid', 'light']),
  }),
);

type Known = v.InferOutput<typeof schema>;

export type IconFacts = Known[string];

function read(): Known {
  try {
    return v.parse(schema, JSON.parse(localStorage.getItem(KEY) ?? '{}'));
  } catch {
    return {};
  }
}

const useKnown = create<{ icons: Known }>(() => ({ icons: read() }));

export const useIconFacts = (url: string | null | undefined): IconFacts | null =>
  useKnown(({ icons }) => (url && icons[url]) || null);

/** Forgets all of them, so that the next person in this browser finds none. */
export function forgetIcons(): void {
  useKnown.setState({ icons: {} });
  localStorage.removeItem(KEY);
}

const measuring = new Set<string>();

/** Measures a loaded picture of this origin; others cannot be read. */
export async function measureOnce(url: string, picture: HTMLImageElement): Promise<void> {
  if (measuring.has(url) || new URL(url).origin !== location.origin) return;
  measuring.add(url);
  try {
    const { measureIcon } = await import('./measure-icon');
    const facts = await measureIcon(url, picture);
    useKnown.setState(({ icons }) => {
      const { [url]: _, ...others } = icons;
      return {
        icons: Object.fromEntries([...Object.entries(others), [url, facts] as const].slice(-MOST)),
      };
    });
    localStorage.setItem(KEY, JSON.stringify(useKnown.getState().icons));
  } catch {
    // Without facts the icon is shown at a middle size; closed storage keeps nothing.
  }
}
