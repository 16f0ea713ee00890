/** Chooses the icon and the colour of an item: the site's own, a built-in one, letters or a picture. */

import type { Item } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { useDeferredValue, useEffect, useId, useState } from 'react';
import { iconUrl } from '@/shared/data/icon';
import { ICON_SIDE } from '@/shared/data/pictures';
import { preflightQuery } from '@/shared/data/preflight';
import { GLYPH, LETTERS, PICTURE } from '@/shared/lib/icon-forms';
import { announce } from '@/shared/ui/announce';
import { Choice } from '@/shared/ui/Choice';
import { Face } from '@/shared/ui/Face';
import { Field } from '@/shared/ui/Field';
import { findGlyphs, GLYPHS } from '@/shared/ui/glyphs';
import { PictureUpload } from '@/shared/ui/PictureUpload';
import { Scroll } from '@/shared/ui/Scroll';
import { ColorChoice } from './ColorChoice';
import { type IconSource, sourceOf } from './iconSource';

export type IconValue = { icon: string | null; color: string | null };

type Props = {
  /** The item as the form has it. */
  item: Pick<Item, 'id' | 'space_id' | 'kind' | 'widget' | 'title' | 'url' | 'icon'>;
  value: IconValue;
  /** Why the address of a picture was refused. */
  error?: string | undefined;
  onChange: (value: IconValue) => void;
};

export default function IconPicker({ item, value, error, onChange }: Props) {
  const { icon, color } = value;
  // An address that is still empty is not the site's own icon.
  const [source, setSource] = useState<IconSource>(() => sourceOf(icon));
  const [address, setAddress] = useState(
    source === 'picture' && !icon?.startsWith(PICTURE) ? (icon ?? '') : '',
  );
  const isSite = item.kind === 'app' || item.kind === 'link';
  const set = (next: string | null) => onChange({ icon: next, color });
  const choose = (next: IconSource) => {
    setSource(next);
    if (next === 'none') set(null);
    else if (next === 'letters') set(LETTERS);
    else if (next === 'glyph') set(`${GLYPH}${GLYPHS[0]?.name}`);
    else set(address || null);
  };
  return (
    <div className="flex flex-col gap-4">
      <Preview item={item} value={value} source={source} />
      <Choice
        label="Icon"
        value={source}
        options={[
          { value: 'none', label: isSite ? 'The site’s own' : 'As usual' },
          { value: 'glyph', label: 'Built-in' },
          { value: 'letters', label: 'Letters' },
          { value: 'picture', label: 'Picture' },
        ]}
        onChange={choose}
      />
      {source === 'glyph' && <Glyphs value={icon} color={color} onChange={set} />}
      {source === 'picture' && (
        <PictureUpload
          label="Picture"
          side={ICON_SIDE}
          onUploaded={(stored) => {
            setAddress('');
            set(stored);
          }}
        />
      )}
      {source === 'picture' && (
        <Field
          label="Address of a picture"
          optional={icon?.startsWith(PICTURE)}
          placeholder="https://"
          inputMode="url"
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          maxLength={2048}
          value={address}
          error={error}
          onChange={({ target }) => {
            setAddress(target.value);
            set(target.value.trim() || null);
          }}
        />
      )}
      <ColorChoice
        value={color}
        none={isSite ? 'From the icon' : 'By the title'}
        onChange={(next) => onChange({ icon, color: next })}
      />
    </div>
  );
}

/** The icon in the sizes in which it is shown. */
function Preview({ item, value, source }: Pick<Props, 'item' | 'value'> & { source: IconSource }) {
  const isOther = source === 'none' && item.icon !== null && item.url !== null;
  // What we keep is the icon that is saved now.
  const { data: found } = useQuery({ ...preflightQuery(item.url ?? ''), enabled: isOther });
  const picture = isOther ? found?.icon : iconUrl({ ...item, icon: value.icon });
  return (
    <div
      aria-hidden="true"
      className="flex items-center gap-5 rounded-card bg-sunken px-5 py-4 shadow-[inset_0_0_0_1px_var(--line)]"
    >
      {['64px', '44px', '32px', '20px'].map((size) => (
        <Face key={size} name={item.title} picture={picture} color={value.color} size={size} />
      ))}
    </div>
  );
}

type GlyphsProps = {
  value: string | null;
  color: string | null;
  onChange: (icon: string) => void;
};

function Glyphs({ value, color, onChange }: GlyphsProps) {
  const name = useId();
  const [query, setQuery] = useState('');
  const asked = useDeferredValue(query);
  const found = asked.trim() === '' ? GLYPHS : findGlyphs(asked);
  useEffect(() => {
    if (asked.trim() !== '') announce(found.length === 1 ? '1 icon' : `${found.length} icons`);
  }, [asked, found.length]);
  return (
    <fieldset className="min-w-0">
      <legend className="sr-only">Built-in icons</legend>
      <div className="relative mb-2">
        <Search
          size={16}
          aria-hidden="true"
          className="pointer-events-none absolute top-1/2 left-3 -translate-y-1/2 text-muted"
        />
        <input
          type="search"
          className="field !pl-9"
          aria-label="Find an icon"
          placeholder="Find an icon: garden, music, money"
          value={query}
          onChange={({ target }) => setQuery(target.value)}
          onKeyDown={(event) => {
            // Enter here would save the form.
            if (event.key === 'Enter') event.preventDefault();
          }}
        />
      </div>
      <Scroll
        label="Built-in icons"
        className="max-h-[228px] rounded-control bg-sunken p-2 shadow-[inset_0_0_0_1px_var(--line)]"
      >
        <div className="grid grid-cols-[repeat(auto-fill,minmax(48px,1fr))] gap-1">
          {found.map((glyph) => (
            <label
              key={glyph.name}
              title={glyph.label}
              className="relative grid aspect-square place-items-center rounded-control hover:bg-hover has-checked:bg-chosen has-checked:shadow-[inset_0_0_0_2px_var(--accent)] has-focus-visible:outline-2 has-focus-visible:outline-accent forced-colors:has-checked:outline-2"
            >
              <input
                type="radio"
                className="sr-only"
                name={name}
                checked={value === `${GLYPH}${glyph.name}`}
                onChange={() => onChange(`${GLYPH}${glyph.name}`)}
              />
              <Face
                name={glyph.label}
                picture={`${GLYPH}${glyph.name}`}
                color={color ?? 'var(--accent)'}
                size="36px"
              />
              <span className="sr-only">{glyph.label}</span>
            </label>
          ))}
        </div>
        {found.length === 0 && (
          <p className="px-3 py-6 text-center text-muted">No icon has that name.</p>
        )}
      </Scroll>
    </fieldset>
  );
}
