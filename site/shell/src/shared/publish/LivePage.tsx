/** A published page: its address, what it looks like to others, and ways to hand it on. */
import type { Organization, Space } from '@prox/api-client';
import { ExternalLink, Share2 } from 'lucide-react';
import { lazy, type ReactNode, Suspense } from 'react';
import { publicPath } from '@/shared/lib/paths';
import { shareOn } from '@/shared/lib/web-share';
import { CopyButton } from '@/shared/ui/CopyButton';
import { toast } from '@/shared/ui/toasts';
import { PagePreview } from './PagePreview';

const QrCode = lazy(() => import('./QrCode'));

type Props = {
  organization: Organization;
  space: Space;
  /** Below the address. */
  children?: ReactNode;
};

async function share(title: string, url: string): Promise<void> {
  if (await shareOn({ title, url })) return;
  toast('error', 'The browser could not share the address. Copy it instead.');
}

export function LivePage({ organization, space, children }: Props) {
  const path = publicPath(organization, space);
  const address = `${location.origin}${path}`;
  const [, name = ''] = address.split('://');
  const cut = name.lastIndexOf('/') + 1;
  return (
    <div className="grid gap-x-6 gap-y-5 [animation:rise_var(--slow)_var(--ease-out)] sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
      <PagePreview address={address} version={space.version} />
      <div className="flex min-w-0 flex-col gap-4">
        <div>
          <p className="text-sm text-muted">Its address</p>
          <p className="text-xl leading-7 font-semibold select-all [overflow-wrap:anywhere]">
            <span className="font-normal text-muted">{name.slice(0, cut)}</span>
            {name.slice(cut)}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <CopyButton text={address} what="Address" labelled />
          {'share' in navigator && (
            <button
              type="button"
              className="button button-secondary"
              onClick={() => void share(space.title, address)}
            >
              <Share2 size={16} aria-hidden="true" /> Share
            </button>
          )}
          <a className="button button-secondary" href={address} target="_blank" rel="noopener">
            <ExternalLink size={16} aria-hidden="true" /> Open
            <span className="sr-only">the page in a new tab</span>
          </a>
        </div>
        {children}
        <Suspense fallback={<div className="h-32" />}>
          <QrCode address={address} name={path.replace(/[^a-z0-9-]+/gi, '-').replace(/^-/, '')} />
        </Suspense>
      </div>
    </div>
  );
}
