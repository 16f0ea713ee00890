/** One of the built-in icons. They are fetched when the first one is shown. */
import { createElement, type ReactNode, useEffect } from 'react';
import { create } from 'zustand';
import { GLYPH } from '@/shared/lib/icon-forms';

type Find = typeof import('./glyphs').glyphNamed;

const useFind = create<{ find: Find | null }>(() => ({ find: null }));

/** Null when the picture is not a built-in icon that exists; empty while the icons are fetched. */
export function useGlyph(picture: string | null | undefined): ReactNode {
  const name = picture?.startsWith(GLYPH) ? picture.slice(GLYPH.length) : null;
  const find = useFind((state) => state.find);
  useEffect(() => {
    if (name === null || find) return;
    import('./glyphs').then(
      ({ glyphNamed }) => useFind.setState({ find: glyphNamed }),
      // Without the network, letters stand for them.
      () => useFind.setState({ find: () => null }),
    );
  }, [name, find]);
  if (name === null) return null;
  if (!find) return '';
  const icon = find(name)?.icon;
  return icon ? createElement(icon) : null;
}
