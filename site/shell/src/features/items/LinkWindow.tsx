/** The window of a link: its page when the site allows that, otherwise why not and a way on. */

import { useQuery } from '@tanstack/react-query';
import { BookmarkPlus, ExternalLink } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Reasons } from '@/shared/address/Reasons';
import { preflightQuery } from '@/shared/data/preflight';
import { openTab } from '@/shared/lib/tab';
import { hostOf, isMixed } from '@/shared/lib/url';
import { Note } from '@/shared/ui/States';
import { openDialog } from '@/system/dialogs';
import { TITLE_BUTTON, WindowFrame } from '@/system/windows/WindowFrame';
import { Frame } from './Frame';
import { frameMenu } from './frameMenu';

export default function LinkWindow({ id, url }: { id: string; url: URL }) {
  const verdict = useQuery(preflightQuery(url.href));
  const [visit, setVisit] = useState(0);
  const title = verdict.data?.title ?? hostOf(url.href);
  const save = () => openDialog('add-item', { url: url.href });
  const menu = frameMenu({
    windowId: id,
    url,
    reasons: verdict.data?.reasons ?? [],
    reload: () => setVisit((count) => count + 1),
  });
  return (
    <WindowFrame
      id={id}
      title={title}
      picture={verdict.data?.icon ?? null}
      group={hostOf(url.href)}
      menu={[{ kind: 'action', label: 'Save to home', icon: BookmarkPlus, run: save }, ...menu]}
      actions={
        <>
          <button
            type="button"
            className={TITLE_BUTTON}
            aria-label={`Save ${title} to home`}
            onClick={save}
          >
            <BookmarkPlus size={15} aria-hidden="true" />
          </button>
          <button
            type="button"
            className={TITLE_BUTTON}
            aria-label={`Open ${title} in a new tab`}
            onClick={() => openTab(url)}
          >
            <ExternalLink size={15} aria-hidden="true" />
          </button>
        </>
      }
    >
      {isMixed(url, location.origin) ? (
        <Elsewhere url={url} reasons={['A page without encryption opens in a tab only.']} />
      ) : (
        <Frame
          key={visit}
          windowId={id}
          title={title}
          url={url}
          keep={false}
          blocked={(reasons, checkAgain) => (
            <Elsewhere url={url} reasons={reasons} checkAgain={checkAgain} />
          )}
        />
      )}
    </WindowFrame>
  );
}

type ElsewhereProps = { url: URL; reasons: readonly string[]; checkAgain?: ReactNode };

const Elsewhere = ({ url, reasons, checkAgain }: ElsewhereProps) => (
  <Note
    title={`${hostOf(url.href)} opens in a tab`}
    actions={
      <>
        <button type="button" className="button button-primary" onClick={() => openTab(url)}>
          <ExternalLink size={16} aria-hidden="true" /> Open in a new tab
        </button>
        {checkAgain}
      </>
    }
  >
    <Reasons reasons={reasons} label="Why it is not shown here" />
  </Note>
);
