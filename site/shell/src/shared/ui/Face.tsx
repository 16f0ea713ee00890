/** The picture of a thing or a person, or its first letter on a quiet tile. */
import { useState } from 'react';
import { webUrl } from '@/shared/lib/url';

const HUES = [28, 62, 95, 150, 185, 215, 255, 300, 345];

/** The same hue for the same name, always. */
function hueOf(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return HUES[sum % HUES.length] ?? 80;
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
