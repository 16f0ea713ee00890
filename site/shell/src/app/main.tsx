/** Starts the shell. */
import '@/styles/app.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from '@/shared/data/client';
import { guardDrafts } from '@/shared/lib/drafts';
import { watchNetwork } from '@/shared/lib/online';
import { watchDocuments } from '@/shared/state/documents';
import { watchLook } from '@/shared/state/look';
import { App } from './App';
import { prefetch } from './prefetch';

prefetch(location.pathname);
guardDrafts();
watchNetwork();
watchDocuments();
watchLook();

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
}
