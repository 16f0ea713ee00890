/**
 * Installs the service worker, and offers the version that waits. This tab keeps the code that it
 * began with until the person reloads it.
 */
import { toast } from '@/shared/ui/toasts';

const SCRIPT = '/sw.js';
const OFFER = 'A new version of Prox OS is ready.';
/** Milliseconds between two checks for a new version. */
const CHECK_INTERVAL = 60 * 60_000;
/** Milliseconds until a service worker that does not answer counts as an unknown version. */
const ANSWER_TIMEOUT = 3_000;

/** The script of this page; its name changes with every version. */
const ownScript = () =>
  new URL(
    document.querySelector<HTMLScriptElement>('script[type="module"][src]')?.src ?? '',
    location.href,
  ).pathname;

/** Whether a service worker has the version that this page runs. */
function isOwnVersion(worker: ServiceWorker): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const timer = setTimeout(() => resolve(false), ANSWER_TIMEOUT);
    port1.onmessage = ({ data }) => {
      clearTimeout(timer);
      resolve(data === true);
    };
    worker.postMessage({ type: 'has', path: ownScript() }, [port2]);
  });
}

export async function installServiceWorker(): Promise<void> {
  const { serviceWorker } = navigator;
  // Absent in a private window of some browsers.
  if (!serviceWorker) return;
  let reloading = false;
  const reload = () => {
    const waiting = registration.waiting;
    if (!waiting) return location.reload();
    reloading = true;
    waiting.postMessage({ type: 'activate' });
  };
  const offer = async (worker: ServiceWorker | null) => {
    // The first one serves the version that is running.
    if (!worker || !serviceWorker.controller || (await isOwnVersion(worker))) return;
    toast('info', OFFER, { label: 'Reload', run: reload }, null, true);
  };
  // Another tab may have activated the new version: this one goes on with its own files.
  serviceWorker.addEventListener('controllerchange', () => {
    if (reloading) location.reload();
    else void offer(serviceWorker.controller);
  });
  const registration = await serviceWorker.register(SCRIPT, { updateViaCache: 'none' });
  const watch = (worker: ServiceWorker | null) =>
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed') void offer(worker);
    });
  watch(registration.installing);
  registration.addEventListener('updatefound', () => watch(registration.installing));
  void offer(registration.waiting);

  let checked = Date.now();
  const check = () => {
    const isDue = Math.abs(Date.now() - checked) >= CHECK_INTERVAL;
    if (document.visibilityState !== 'visible' || !isDue) return;
    checked = Date.now();
    void registration.update().catch(() => {});
  };
  setInterval(check, CHECK_INTERVAL);
  document.addEventListener('visibilitychange', check);
}
