/**
 * The service worker: the shell starts from this browser, also offline, and a tab keeps the code it
 * began with when a new version is out. It never answers for the API, for public pages or for other
 * origins, and it keeps nothing of a person.
 */
import { isPage, SERVER } from './routes';
import { type File, isHashed, Versions } from './versions';

declare const self: ServiceWorkerGlobalScope;
/** The build replaces these. */
declare const __VERSION__: string;
declare const __FILES__: readonly File[];

const versions = new Versions(caches, (path, init) => fetch(path, init), __VERSION__, __FILES__);

self.addEventListener('install', (event) => {
  event.waitUntil(versions.install());
  // Chromium only: requests of the server's do not even start this worker.
  const { addRoutes } = event as { addRoutes?: (rules: unknown) => Promise<void> };
  const rules = SERVER.map((pathname) => ({
    condition: { urlPattern: { pathname } },
    source: 'network',
  }));
  event.waitUntil(Promise.resolve(addRoutes?.call(event, rules)).catch(() => {}));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(versions.prune().then(() => self.clients.claim()));
});

self.addEventListener('message', (event) => {
  const data: unknown = event.data;
  if (typeof data !== 'object' || data === null) return;
  const message = data as { type?: unknown; path?: unknown };
  if (message.type === 'activate') void self.skipWaiting();
  // A page asks whether its own script belongs to this version.
  if (message.type === 'has') event.ports[0]?.postMessage(versions.has(String(message.path)));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (isPage(url.pathname)) event.respondWith(page(request));
  } else if (isHashed(url.pathname) || versions.has(url.pathname)) {
    event.respondWith(versions.file(url.pathname).then((file) => file ?? fetch(request)));
  }
});

async function page(request: Request): Promise<Response> {
  const { waiting } = self.registration;
  const windows = await self.clients.matchAll({ type: 'window' });
  // A reload of the only tab is a good moment for the version that waits.
  const isMoment = waiting !== null && windows.length <= 1;
  if (isMoment) waiting.postMessage({ type: 'activate' });
  const found = await (isMoment ? versions.newestPage() : versions.page());
  return found ?? fetch(request);
}
