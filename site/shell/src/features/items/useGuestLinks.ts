/** Opens the menu of a link that somebody followed in an embedded page. */
import { AppWindow, BookmarkPlus, ExternalLink, Link2 } from 'lucide-react';
import { useEffect } from 'react';
import { copyText } from '@/shared/lib/copy';
import { openTab } from '@/shared/lib/tab';
import { hostOf } from '@/shared/lib/url';
import { type MenuEntry, openMenu } from '@/shared/ui/menu';
import { openDialog } from '@/system/dialogs';
import { type GuestFrame, guestLinkOf, isFrom, placeIn } from './guestLinks';
import { openLink } from './links';

/** The frames of all windows; each names the origin of the page that it was opened for. */
const frames = (): GuestFrame[] =>
  [...document.querySelectorAll<HTMLIFrameElement>('[data-window] iframe[data-origin]')].map(
    (element) => ({ element, origin: element.dataset.origin ?? '' }),
  );

export function useGuestLinks(): void {
  useEffect(() => {
    const receive = (event: MessageEvent) => {
      const link = guestLinkOf(event.data);
      const frame = link && frames().find((one) => isFrom(event, one));
      if (!link || !frame) return;
      const { url } = link;
      const place = placeIn(frame.element.getBoundingClientRect(), link);
      const entries: MenuEntry[] = [
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
      openMenu(hostOf(url.href), place, entries, frame.element.closest('[data-window]'));
    };
    addEventListener('message', receive);
    return () => removeEventListener('message', receive);
  }, []);
}
