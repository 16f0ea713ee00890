/** The result of the preflight of a web address, in words. */

import type { Mode, Preflight } from '@prox/api-client';
import type { UseQueryResult } from '@tanstack/react-query';
import { AppWindow, ExternalLink, PanelTop } from 'lucide-react';
import { wordsFor } from '@/shared/api/words';
import { hostOf } from '@/shared/lib/url';
import { Face } from '@/shared/ui/Face';
import { Reasons } from './Reasons';

export const MODES: Record<Mode, { label: string; words: string; icon: typeof AppWindow }> = {
  embed: { label: 'Window', words: 'Opens in a window, right here.', icon: AppWindow },
  tab: { label: 'New tab', words: 'Opens in a new tab.', icon: ExternalLink },
  card: { label: 'Preview', words: 'Opens as a preview with a link to the page.', icon: PanelTop },
};

type Props = {
  query: Pick<UseQueryResult<Preflight>, 'data' | 'error' | 'fetchStatus'>;
  asked: string | null;
};

/** Its height is the same before and after the check, so that nothing below moves. */
export function Verdict({ query, asked }: Props) {
  const { data, error, fetchStatus } = query;
  return (
    <div
      aria-live="polite"
      aria-busy={fetchStatus === 'fetching'}
      className="flex min-h-[88px] items-start gap-4 rounded-card bg-sunken p-4"
    >
      {!asked ? (
        <p className="self-center text-muted">Paste an address to see how it will open.</p>
      ) : data ? (
        <Found found={data} />
      ) : error ? (
        <p>
          <span className="font-medium">{hostOf(asked)} could not be checked.</span>{' '}
          <span className="text-muted">
            {wordsFor(error)} You can still add it; it opens in a new tab.
          </span>
        </p>
      ) : (
        <Asking host={hostOf(asked)} />
      )}
    </div>
  );
}

function Asking({ host }: { host: string }) {
  return (
    <>
      <span className="skeleton size-11 flex-none !rounded-[22%]" />
      <div className="flex-1">
        <p className="text-muted">Checking {host}</p>
        <span className="skeleton mt-2 block h-3 w-3/5" />
      </div>
    </>
  );
}

function Found({ found }: { found: Preflight }) {
  const { icon: Icon, words } = MODES[found.mode];
  return (
    <>
      <Face name={found.title ?? hostOf(found.final_url)} picture={found.icon} size="44px" />
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2 font-medium">
          <Icon size={16} aria-hidden="true" className="flex-none text-accent" />
          {words}
        </p>
        <div className="mt-1">
          <Reasons reasons={found.reasons} />
        </div>
      </div>
    </>
  );
}
