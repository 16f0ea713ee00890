/** A field that opens the search with what was typed. */
import { ArrowRight, Search } from 'lucide-react';
import { useState } from 'react';
import { useHint } from '@/shared/actions/registry';
import { openDialog } from '@/system/dialogs';
import { Heading, Line } from './parts';
import type { BodyProps } from './view';

/** Filters that a large one offers. */
const FILTERS = [
  { label: 'Apps', text: 'kind:app ' },
  { label: 'Cards', text: 'kind:card ' },
  { label: 'Events', text: 'kind:event ' },
  { label: 'Members', text: 'kind:member ' },
] as const;

export function SearchField({ item, size, tabIndex }: BodyProps) {
  const [text, setText] = useState('');
  const hint = useHint('search.open');
  const search = (q: string) => {
    setText('');
    openDialog('search', q === '' ? {} : { q });
  };
  if (size === 'icon') return <Line item={item} size={size} />;
  return (
    <>
      {size !== 'row' && size !== 'window' && <Heading item={item} />}
      <form
        className="search-form"
        onSubmit={(event) => {
          event.preventDefault();
          search(text.trim());
        }}
      >
        <label className="search-field widget-act">
          <Search size={16} aria-hidden="true" />
          <input
            type="search"
            tabIndex={tabIndex}
            aria-label="Search everything"
            placeholder="Search everything"
            enterKeyHint="search"
            autoComplete="off"
            spellCheck={false}
            maxLength={500}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
          {text.trim() !== '' ? (
            <button type="submit" tabIndex={tabIndex} aria-label="Search">
              <ArrowRight size={16} aria-hidden="true" />
            </button>
          ) : (
            hint &&
            (size === 'wide' || size === 'window') && (
              <span aria-hidden="true" className="search-hint">
                {hint}
              </span>
            )
          )}
        </label>
      </form>
      {size !== 'row' && (
        <div className="search-filters">
          {FILTERS.map((filter) => (
            <button
              key={filter.label}
              type="button"
              tabIndex={tabIndex}
              className="widget-button widget-act"
              onClick={() => search(`${filter.text}${text.trim()}`)}
            >
              {filter.label}
            </button>
          ))}
        </div>
      )}
    </>
  );
}
