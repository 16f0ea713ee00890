/**
 * The picture of an item, of a site or of a person, or a built-in icon; without one, the first letter
 * of the name. All lie on a surface in the colour of the item.
 */
import { type CSSProperties, useState } from 'react';
import { LETTERS } from '@/shared/lib/icon-forms';
import { webUrl } from '@/shared/lib/url';
import { useGlyph } from './glyph';
import { measureOnce, useIconFacts } from './icon-facts';

/** The tints of the public page, in its order. */
const HUES = [212, 30, 75, 120, 160, 250, 300, 350];

/** The same hue for the same name, always, and on the public page too (FNV-1a). */
function hueOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return HUES[(hash >>> 8) % HUES.length] ?? 212;
}

/** The tint of what has no colour of its own. */
export const GREY = 'oklch(0.6 0.012 85)';

const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** The first letters of the first words. */
const lettersOf = (name: string, words: number) =>
  name
    .trim()
    .split(/\s+/, words)
    .map((word) => [...letters.segment(word)][0]?.segment.toLocaleUpperCase())
    .join('');

type Look = {
  name: string;
  /** URL of a picture, or the name of a built-in icon after `glyph:`, or `letters`. */
  picture?: string | null | undefined;
  /** `#rrggbb`; null takes the colour of the picture, or one by the name. */
  color?: string | null | undefined;
};

/** The CSS colour that tints whatever stands for an item. */
export function useTint({ name, picture, color }: Look): string {
  const facts = useIconFacts(picture);
  return color ?? (facts ? (facts.color ?? GREY) : `oklch(0.6 0.1 ${hueOf(name)})`);
}

type Props = Look & {
  /** CSS length. */
  size: string;
  round?: boolean;
};

export function Face({ name, picture, color, size, round = false }: Props) {
  const [shown, setShown] = useState<{ url: string; broken: boolean } | null>(null);
  const url = webUrl(picture)?.href ?? null;
  const facts = useIconFacts(url);
  const tint = useTint({ name, picture: url, color });
  const broken = shown?.url === url && shown.broken;
  const loaded = facts !== null || (shown?.url === url && !shown.broken);
  const pictured = url !== null && !broken;
  const glyph = useGlyph(picture);
  const style = { '--face': size, '--item-color': tint } as CSSProperties;
  return (
    <span
      aria-hidden="true"
      className={`face ${round ? 'face-round' : ''} ${glyph !== null ? 'face-glyph' : pictured && loaded ? 'face-icon' : 'face-letter'}`}
      data-tone={facts?.tone}
      data-solid={facts?.solid && facts.size >= 40 ? '' : undefined}
      style={style}
    >
      {glyph ?? (!(pictured && loaded) && lettersOf(name, picture === LETTERS ? 2 : 1))}
      {pictured && (
        <img
          src={url}
          alt=""
          draggable={false}
          loading="lazy"
          decoding="async"
          referrerPolicy="no-referrer"
          // Not larger than it is: a small icon stays sharp on a large surface.
          style={{ '--icon': `${Math.max(16, facts?.size ?? 32)}px` } as CSSProperties}
          className={loaded ? '' : 'opacity-0'}
          onLoad={(event) => {
            setShown({ url, broken: false });
            if (!facts) void measureOnce(url, event.currentTarget);
          }}
          onError={() => setShown({ url, broken: true })}
        />
      )}
    </span>
  );
}
