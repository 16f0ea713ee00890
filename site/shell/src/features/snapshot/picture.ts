/** Draws the desktop as a PNG. The library that does it is fetched when it is first used. */
import { dataUrlOf } from '@/shared/lib/data-url';
import { webUrl } from '@/shared/lib/url';
import { useWindows } from '@/system/windows/store';

/** Milliseconds after which a picture that does not arrive is left out. */
const TIMEOUT = 10_000;

/** What covers the embedded page of a window: a browser lets nobody read the pages of other sites. */
function standIn(frame: HTMLElement): HTMLElement {
  const id = frame.closest<HTMLElement>('[data-window]')?.dataset.window ?? '';
  const { title = 'Page', picture = null, color } = useWindows.getState().faces[id] ?? {};
  const own = document.querySelector(`[data-window="${CSS.escape(id)}"]`) ?? document.body;
  const { backgroundColor, color: ink, fontFamily } = getComputedStyle(own);
  const tint = color ?? ink;
  const box = document.createElement('div');
  box.style.cssText = frame.style.cssText;
  Object.assign(box.style, {
    opacity: '1',
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    gap: '10px',
    padding: '16px',
    boxSizing: 'border-box',
    textAlign: 'center',
    color: ink,
    fontFamily,
    background: `color-mix(in oklch, ${tint} 9%, ${backgroundColor})`,
  });
  const icon = document.createElement('div');
  Object.assign(icon.style, {
    width: '64px',
    height: '64px',
    borderRadius: '16px',
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'center',
    font: `600 28px ${fontFamily}`,
    background: `color-mix(in oklch, ${tint} 22%, ${backgroundColor})`,
  });
  const url = webUrl(picture);
  const isPictured = own.querySelector('.face')?.classList.contains('face-icon');
  if (isPictured && url?.origin === location.origin) {
    const image = Object.assign(document.createElement('img'), { src: url.href });
    Object.assign(image.style, { width: '40px', height: '40px', objectFit: 'contain' });
    icon.append(image);
  } else icon.textContent = [...title.trim()][0]?.toLocaleUpperCase() ?? '';
  const line = (text: string, font: string, opacity: string) => {
    const words = document.createElement('div');
    words.textContent = text;
    Object.assign(words.style, { font: `${font} ${fontFamily}`, opacity, maxWidth: '100%' });
    return words;
  };
  box.append(
    icon,
    line(title, '600 16px/1.4', '1'),
    line('The page is not in the picture', '400 13px/1.4', '0.75'),
  );
  return box;
}

/**
 * The fonts that the page has loaded, as styles with the fonts in them. The library's own way makes
 * a style element, which our Content-Security-Policy forbids.
 */
async function fontStyles(): Promise<string> {
  const used = new Set(
    [...document.fonts]
      .filter(({ status }) => status === 'loaded')
      .map((font) => font.unicodeRange),
  );
  const faces = [...document.styleSheets]
    .flatMap((sheet) => [...sheet.cssRules].map((rule) => ({ rule, base: sheet.href })))
    .flatMap(({ rule, base }) => {
      if (!(rule instanceof CSSFontFaceRule)) return [];
      const url = /url\("?([^")]+)"?\)/.exec(rule.style.getPropertyValue('src'))?.[1];
      const range = rule.style.getPropertyValue('unicode-range');
      return url && used.has(range)
        ? [{ rule, url: new URL(url, base ?? location.href).href }]
        : [];
    });
  const styles = faces.map(async ({ rule, url }) => {
    const value = (name: string) => rule.style.getPropertyValue(name);
    const file = await (await fetch(url)).blob();
    return `@font-face { font-family: ${value('font-family')}; font-weight: ${value('font-weight')}; unicode-range: ${value('unicode-range')}; src: url(${await dataUrlOf(file)}) format("woff2"); }`;
  });
  // Without its font the text is drawn in one of the system.
  const settled = await Promise.allSettled(styles);
  return settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])).join('\n');
}

/**
 * Margins that are `auto`, by what asks for them. While the library clones the page, Chromium says
 * that they are 0.
 */
const AUTO_MARGINS: readonly [string, Partial<CSSStyleDeclaration>][] = [
  ['.desktop-content, .mx-auto, .m-auto', { marginLeft: 'auto', marginRight: 'auto' }],
  ['.ml-auto', { marginLeft: 'auto' }],
  ['.mr-auto', { marginRight: 'auto' }],
];

function restoreMargins(clone: HTMLElement): void {
  for (const [selector, style] of AUTO_MARGINS) {
    for (const element of clone.querySelectorAll<HTMLElement>(selector)) {
      element.style.removeProperty('margin-inline');
      Object.assign(element.style, style);
    }
  }
}

/** Scrollbars would be drawn in the style of the system, and take room. */
function hideScrollbars(clone: HTMLElement): void {
  for (const element of clone.querySelectorAll<HTMLElement>('*')) {
    if (/auto|scroll/.test(element.style.overflow)) element.style.overflow = 'hidden';
  }
}

/** The desktop as it is shown, without the dialog in front of it. */
export async function desktopPicture(): Promise<Blob> {
  const desktop = document.querySelector('main[data-region="desktop"]')?.parentElement;
  if (!desktop) throw new Error('there is no desktop');
  const { domToBlob } = await import('modern-screenshot');
  const { width, height } = desktop.getBoundingClientRect();
  return domToBlob(desktop, {
    width,
    height,
    scale: Math.min(2, Math.max(1, devicePixelRatio)),
    type: 'image/png',
    timeout: TIMEOUT,
    backgroundColor: getComputedStyle(document.documentElement).backgroundColor,
    font: { cssText: (await fontStyles()) || ' ' },
    features: { restoreScrollPosition: true },
    onCloneNode: (clone) => {
      if (!(clone instanceof HTMLElement)) return;
      restoreMargins(clone);
      hideScrollbars(clone);
      for (const frame of clone.querySelectorAll('iframe')) frame.replaceWith(standIn(frame));
    },
  });
}
