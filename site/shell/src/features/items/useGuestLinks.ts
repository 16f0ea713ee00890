/** Opens the menu of a link that somebody follows in an embedded page. */
import { AppWindow, BookmarkPlus, ExternalLink, Link2 } from 'lucide-react';
import { type RefObject, useEffect } from 'react';
import { copyText } from '@/shared/lib/copy';
import { openTab } from '@/shared/lib/tab';
import { hostOf } from '@/shared/lib/url';
import { type MenuEntry, openMenu } from '@/shared/ui/menu';
import { openDialog } from '@/system/dialogs';
import { guestLinkOf, isFrom, placeIn } from './guestLinks';
import { openLink } from './links';

/** `frame` shows a page of `origin`, as long as the page does not navigate elsewhere. */
export function useGuestLinks(frame: RefObject<HTMLIFrameElement | null>, origin: string): void {
  useEffect(() => {
    const receive = (event: MessageEvent) => {
      const element = frame.current;
      const link = element && isFrom(event, { element, origin }) ? guestLinkOf(event.data) : null;
      if (!link || !element) return;
      const { url } = link;
      const place = placeIn(element.getBoundingClientRect(), link);
      const entries: MenuEntry[] = [
        { kind: 'heading', label: url.href },
        { kind: 'action', label: 'Open here', icon: AppWindow, run: () => openLink(url) },
        {
          kind: 'action',
          label: 'Open in a new tab',
          icon: ExternalLink,
          run: () => openTab(url),
        },
        {
          kind: 'action',
          label: 'Save to home',
          icon: BookmarkPlus,
          run: () => openDialog('add-item', { url: url.href }),
        },
        { kind: 'line' },
        {
          kind: 'action',
          label: 'Copy address',
          icon: Link2,
          run: () => void copyText(url.href, 'Address'),
        },
      ];
      // Not the frame itself, which would take the focus from a dialog that an entry opens.
      openMenu(hostOf(url.href), place, entries, element.closest('[data-window]'));
    };
    addEventListener('message', receive);
    return () => removeEventListener('message', receive);
  }, [frame, origin]);
}
