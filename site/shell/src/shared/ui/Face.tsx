/** The picture of an item or a person, or the first letter of the name on a coloured tile. */
import { useState } from 'react';
import { webUrl } from '@/shared/lib/url';

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

const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const letterOf = (name: string) =>
  [...letters.segment(name.trim())][0]?.segment.toLocaleUpperCase() ?? '';

type Props = {
  name: string;
  /** URL of a picture. */
  picture?: string | null | undefined;
  /** CSS length. */
  size: string;
  round?: boolean;
};

export function Face({ name, picture, size, round = false }: Props) {
  const [broken, setBroken] = useState<string | null>(null);
  const url = webUrl(picture)?.href;
  const shape = `${round ? 'rounded-full' : 'rounded-[22%]'} flex-none select-none`;
  if (url && url !== broken) {
    return (
      <span
        className={`${shape} grid place-items-center overflow-hidden bg-raised shadow-[inset_0_0_0_1px_var(--line)]`}
        style={{ width: size, height: size }}
      >
        <img
          src={url}
          alt=""
          draggable={false}
          loading="lazy"
          decoding="async"
          referrerPolicy="no-referrer"
          className={round ? 'size-full object-cover' : 'size-[62%] object-contain'}
          onError={() => setBroken(url)}
        />
      </span>
    );
  }
  return (
    <span
      aria-hidden="true"
      className={`${shape} letter-tile grid place-items-center leading-none font-semibold`}
      style={{
        width: size,
        height: size,
        fontSize: `calc(${size} * 0.42)`,
        ['--tile-hue' as string]: hueOf(name),
      }}
    >
      {letterOf(name)}
    </span>
  );
}
