/** The second step: three addresses, each with its verdict as soon as it is known. */

import type { Space } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { Check, CircleAlert } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { bodyOf } from '@/shared/address/draft';
import { reasonOf } from '@/shared/address/reason';
import { MODES } from '@/shared/address/Verdict';
import { wordsFor } from '@/shared/api/words';
import { queryClient } from '@/shared/data/client';
import { useTextDraft } from '@/shared/data/draft';
import { itemsQuery, useCreateItem } from '@/shared/data/items';
import { preflightQuery } from '@/shared/data/preflight';
import { useDebounced } from '@/shared/lib/hooks';
import { guessUrl } from '@/shared/lib/url';
import { Face } from '@/shared/ui/Face';
import { FormProblem } from '@/shared/ui/States';
import { useSubmission } from '@/shared/ui/submission';

const ROWS = ['0', '1', '2'] as const;

const PLACEHOLDERS = ['github.com/you', 'your blog or portfolio', 'a tool you use every day'];

export function AddThings({ space, onNext }: { space: Space; onNext: () => void }) {
  const draft = useTextDraft<(typeof ROWS)[number]>(`add-things:${space.id}`);
  const texts = ROWS.map((row) => draft.texts[row] ?? '');
  const items = useQuery(itemsQuery(space.organization_id, space.id));
  const [error, setError] = useState<unknown>(null);
  const create = useCreateItem(space);
  const submission = useSubmission();
  const { busy } = submission;
  const urls = texts.map(guessUrl).filter((url) => url !== null);
  const invalid = texts.some((text) => text.trim() !== '' && !guessUrl(text));
  /** What is on the page already, of an attempt that failed half-way or before a reload. */
  const there = new Set((items.data ?? []).map((item) => item.url));

  const add = (event: FormEvent) => {
    event.preventDefault();
    if (invalid || urls.length === 0) return;
    setError(null);
    submission.run(async (closed) => {
      const added = new Set(there);
      try {
        // One after the other: this is their order on the page.
        for (const url of new Set(urls)) {
          if (added.has(url)) continue;
          const found = await queryClient.fetchQuery(preflightQuery(url)).catch(() => null);
          if (closed.aborted) return;
          await create.mutateAsync(bodyOf(url, {}, found));
          added.add(url);
        }
      } catch (reason) {
        if (closed.aborted) throw reason;
        return setError(reason);
      }
      draft.discard();
      onNext();
    });
  };
  return (
    <form onSubmit={add} noValidate>
      <ul className="flex flex-col gap-3">
        {texts.map((text, index) => (
          <Row
            // biome-ignore lint/suspicious/noArrayIndexKey: the rows never change their places
            key={index}
            number={index + 1}
            placeholder={PLACEHOLDERS[index] ?? ''}
            text={text}
            disabled={busy}
            onText={(next) => draft.set({ [ROWS[index] ?? '0']: next })}
          />
        ))}
      </ul>
      <FormProblem error={error} />
      <div className="mt-8 flex items-center gap-2">
        <button
          type="submit"
          className="button button-primary"
          disabled={busy || invalid || urls.length === 0}
        >
          {busy ? 'Adding' : urls.length > 1 ? `Add these ${urls.length}` : 'Add'}
        </button>
        <button
          type="button"
          className="button button-quiet text-muted"
          disabled={busy}
          onClick={onNext}
        >
          {there.size > 0 ? 'Continue' : 'Skip'}
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
        className="mt-1.5 ml-12 flex min-h-5 items-start gap-1.5 text-sm text-muted"
      >
        {found && found.status === null ? (
          <>
            <CircleAlert size={14} aria-hidden="true" className="mt-[3px] flex-none text-warn" />
            <span>{reasonOf(found.reasons[0] ?? 'The site did not answer.').words}</span>
          </>
        ) : found ? (
          <>
            <Check size={14} aria-hidden="true" className="mt-[3px] flex-none text-ok" />
            {found.title && <span className="truncate text-text">{found.title}</span>}
            <span className="flex-none">{MODES[found.mode].words}</span>
          </>
        ) : failed ? (
          <>
            <CircleAlert size={14} aria-hidden="true" className="mt-[3px] flex-none text-warn" />
            <span>{wordsFor(error)} You can still add it.</span>
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
