/** The window of a system app or of a shared space, and the frame of what could not be shown. */
import { Suspense } from 'react';
import { linkOf } from '@/features/items/links';
import { itemOf } from '@/features/items/windows';
import { lazyWithPreload } from '@/shared/lib/lazy';
import { Boundary, Broken, Optional } from '@/shared/ui/Boundary';
import type { SystemApp } from '@/system/apps';
import { WindowFrame } from '@/system/windows/WindowFrame';
import { isSharedWindow } from './address';

const SharedWindow = lazyWithPreload(() => import('@/features/shared/SharedWindow'));

/** Without an app: the window of a shared space, or one of an item that failed. */
export default function AppWindow({ id, app }: { id: string; app: SystemApp | null }) {
  if (isSharedWindow(id)) {
    return (
      <Optional instead={() => <BrokenWindow id={id} title="Shared with me" />}>
        <SharedWindow.component id={id} />
      </Optional>
    );
  }
  if (!app) {
    return itemOf(id) || linkOf(id) ? <BrokenWindow id={id} title="Item" /> : null;
  }
  const Body = app.component;
  return (
    <WindowFrame id={id} title={app.title} icon={<app.icon size={16} className="mx-0.5" />}>
      <Boundary>
        <Suspense fallback={<div aria-busy="true" className="h-full" />}>
          <Body />
        </Suspense>
      </Boundary>
    </WindowFrame>
  );
}

const BrokenWindow = ({ id, title }: { id: string; title: string }) => (
  <WindowFrame id={id} title={title}>
    <Broken />
  </WindowFrame>
);
