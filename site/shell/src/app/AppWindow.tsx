/** The window of a system app, and the frame of what could not be shown. */
import { Suspense } from 'react';
import { Boundary, Broken } from '@/shared/ui/Boundary';
import type { SystemApp } from '@/system/apps';
import { WindowFrame } from '@/system/windows/WindowFrame';

/** Without an app: an item whose window failed. */
export default function AppWindow({ id, app }: { id: string; app: SystemApp | null }) {
  if (!app) {
    return (
      <WindowFrame id={id} title="Item">
        <Broken />
      </WindowFrame>
    );
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
