/** The second step: three addresses, each with its verdict as soon as it is known. */
import { useQuery } from '@tanstack/react-query';
import { Check, CircleAlert } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { bodyOf } from '@/shared/address/draft';
import { reasonOf } from '@/shared/address/reason';
import { MODES } from '@/shared/address/Verdict';
import { asProblem } from '@/shared/api/problem';
import type { Space } from '@/shared/api/types';
import { queryClient } from '@/shared/data/client';
import { useCreateItem } from '@/shared/data/items';
import { preflightQuery } from '@/shared/data/preflight';
import { useDebounced } from '@/shared/lib/hooks';
import { guessUrl } from '@/shared/lib/url';
import { Face } from '@/shared/ui/Face';
import { FormProblem } from '@/shared/ui/States';

const PLACEHOLDERS = ['github.com/you', 'your blog or portfolio', 'a tool you use every day'];

export function AddThings({ space, onNext }: { space: Space; onNext: () => void }) {
  const [texts, setTexts] = useState(['', '', '']);
  /** The addresses that are on the page already, when a later one failed. */
  const [done, setDone] = useState<ReadonlySet<string>>(new Set());
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const create = useCreateItem(space);
  const urls = texts.map(guessUrl).filter((url) => url !== null);
  const odd = texts.some((text) => text.trim() !== '' && !guessUrl(text));

  const add = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const added = new Set(done);
    try {
      // One after the other: they stand on the page in this order.
      for (const url of new Set(urls)) {
        if (added.has(url)) continue;
        const found = await queryClient.fetchQuery(preflightQuery(url)).catch(() => null);
        await create.mutateAsync(bodyOf(url, {}, found));
        added.add(url);
        setDone(new Set(added));
      }
      onNext();
    } catch (reason) {
      setError(asProblem(reason));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void add(event)} noValidate>
      <ul className="flex flex-col gap-3">
        {texts.map((text, index) => (
          <Row
            // biome-ignore lint/suspicious/noArrayIndexKey: the rows never change their places
            key={index}
            number={index + 1}
            placeholder={PLACEHOLDERS[index] ?? ''}
            text={text}
            disabled={busy}
            onText={(next) => setTexts(texts.with(index, next))}
          />
        ))}
      </ul>
      <FormProblem error={error} alone />
      <div className="mt-8 flex items-center gap-2">
        <button
          type="submit"
          className="button button-primary"
          disabled={busy || odd || urls.length === 0}
        >
          {busy ? 'Adding' : urls.length > 1 ? `Add these ${urls.length}` : 'Add'}
        </button>
        <button
          type="button"
          className="button button-quiet text-muted"
          disabled={busy}
          onClick={onNext}
        >
          {done.size > 0 ? 'Go on' : 'Skip'}
        </button>
      </div>
    </form>
  );
}

type RowProps = {
  number: number;
  placeholder: string;
  text: string;
  disabled: boolean;
  onText: (text: string) => void;
};

function Row({ number, placeholder, text, disabled, onText }: RowProps) {
  const url = guessUrl(text);
  const asked = useDebounced(url, 350);
  const { data, error } = useQuery({ ...preflightQuery(asked ?? ''), enabled: asked !== null });
  const found = asked === url ? data : undefined;
  const failed = asked === url && error !== null;
  return (
    <li className="rounded-card bg-raised p-3 shadow-card">
      <div className="flex items-center gap-3">
        <Face
          name={found?.title ?? (url ? new URL(url).hostname : String(number))}
          picture={found?.icon}
          size="36px"
        />
        <input
          className="field"
          aria-label={`Address ${number}`}
          placeholder={placeholder}
          inputMode="url"
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          disabled={disabled}
          value={text}
          onChange={(event) => onText(event.target.value)}
        />
      </div>
      <p
        aria-live="polite"
        className="mt-1.5 ml-12 flex min-h-5 items-center gap-1.5 truncate text-sm text-muted"
      >
        {found && found.status === null ? (
          <>
            <CircleAlert size={14} aria-hidden="true" className="flex-none text-warn" />
            <span className="truncate">
              {reasonOf(found.reasons[0] ?? 'It did not answer.').words}
            </span>
          </>
        ) : found ? (
          <>
            <Check size={14} aria-hidden="true" className="flex-none text-ok" />
            {found.title && <span className="truncate text-text">{found.title}</span>}
            <span className="flex-none">{MODES[found.mode].words}</span>
          </>
        ) : failed ? (
          <>
            <CircleAlert size={14} aria-hidden="true" className="flex-none text-warn" />
            It did not answer. It can be added all the same.
          </>
        ) : url ? (
          'Checking'
        ) : text.trim() !== '' ? (
          'This is not a web address yet.'
        ) : null}
      </p>
    </li>
  );
}
