/** Starts the shell. */
import '@/styles/app.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from '@/shared/data/client';
import { guardDrafts } from '@/shared/lib/drafts';
import { whenIdle } from '@/shared/lib/lazy';
import { watchNetwork } from '@/shared/lib/online';
import { watchDocuments } from '@/shared/state/documents';
import { watchLook } from '@/shared/state/look';
import { App } from './App';
import { restore } from './offline/restore';
import { prefetch } from './prefetch';

guardDrafts();
watchNetwork();
watchDocuments();
watchLook();

// Development has neither the files nor the names that a service worker could keep.
if (import.meta.env.PROD) {
  addEventListener('load', () =>
    whenIdle(
      () =>
        void import('./offline/install')
          .then(({ install }) => install())
          // Without it the page works as before, online.
          .catch(() => {}),
    ),
  );
}

/**
 * Milliseconds that the first paint waits for what it shows. A placeholder that React shows stays for a
 * third of a second at least, whatever comes meanwhile.
 */
const FIRST_WAIT = 300;

async function begin(): Promise<void> {
  const timeout = new Promise<void>((resolve) => setTimeout(resolve, FIRST_WAIT));
  await Promise.race([prefetch(location.pathname), timeout]);
  const root = document.getElementById('root');
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
}

const restored = restore();
if (restored) void restored.then(begin);
else void begin();
