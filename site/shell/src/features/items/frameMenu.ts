/** The entries of a window's menu that belong to the page in it. */
import { Bug, Link2, MonitorSmartphone, RotateCw } from 'lucide-react';
import { copyText } from '@/shared/lib/copy';
import { hostOf } from '@/shared/lib/url';
import { announce } from '@/shared/ui/announce';
import type { MenuEntry } from '@/shared/ui/menu';
import { dispatch } from '@/system/windows/store';

/** Sizes of screens that pages are made for, in px of the page. */
const SCREENS = [
  { label: 'Phone, 390 by 844', width: 390, height: 844 },
  { label: 'Tablet, 768 by 1024', width: 768, height: 1024 },
  { label: 'Laptop, 1280 by 800', width: 1280, height: 800 },
] as const;

/** What somebody needs to know who looks into a page that does not work in its window. */
const reportOf = (url: URL, reasons: readonly string[]): string =>
  [
    `Page: ${url.href}`,
    `Host: ${hostOf(url.href)}`,
    `Shown in: ${location.origin}`,
    `Frame check: ${reasons.join(' ') || 'not done'}`,
    `Browser: ${navigator.userAgent}`,
    `Time: ${new Date().toISOString()}`,
  ].join('\n');

type Target = {
  windowId: string;
  url: URL;
  reasons: readonly string[];
  reload: () => void;
};

/** Gives the window the size with which the page in it has `width` by `height`. */
function fitTo(windowId: string, width: number, height: number): void {
  const frame = document.querySelector(`[data-window="${CSS.escape(windowId)}"]`);
  const page = frame?.querySelector('iframe')?.parentElement;
  if (!frame || !page) return;
  const outer = frame.getBoundingClientRect();
  const inner = page.getBoundingClientRect();
  const layer = frame.closest('[data-window-layer]')?.getBoundingClientRect();
  const rect = {
    x: outer.x - (layer?.x ?? 0),
    y: outer.y - (layer?.y ?? 0),
    width: width + outer.width - inner.width,
    height: height + outer.height - inner.height,
  };
  dispatch({ type: 'place', id: windowId, rect });
  announce(`Page of ${width} by ${height}`);
}

export const frameMenu = ({ windowId, url, reasons, reload }: Target): MenuEntry[] => [
  { kind: 'action', label: 'Reload', icon: RotateCw, run: reload },
  {
    kind: 'action',
    label: 'Copy address',
    icon: Link2,
    run: () => void copyText(url.href, 'Address'),
  },
  {
    kind: 'submenu',
    label: 'Size of the page',
    icon: MonitorSmartphone,
    entries: SCREENS.map(({ label, width, height }) => ({
      kind: 'action',
      label,
      run: () => fitTo(windowId, width, height),
    })),
  },
  {
    kind: 'action',
    label: 'Copy a report',
    icon: Bug,
    run: () => void copyText(reportOf(url, reasons), 'Report'),
  },
];
