/** The documents that this browser keeps (`document.ts`), opened once for each person and key. */
import { asProblem } from '@prox/api-client';
import { useSyncExternalStore } from 'react';
import { type DocumentPorts, SyncedDocument } from './document';
import { equal, type JsonObject } from './merge-patch';

const PREFIX = 'prox.document';

/** How a document reaches the server. */
export type Transport = Pick<DocumentPorts, 'load' | 'send'>;

/** The largest request in bytes that a browser still sends after its page is gone. */
const KEEPALIVE_LIMIT = 60_000;

/** Whether a patch is small enough to be sent while the page is left. */
export const outlivesPage = (patch: JsonObject): boolean =>
  new TextEncoder().encode(JSON.stringify(patch)).length < KEEPALIVE_LIMIT;

const open = new Map<string, SyncedDocument>();

const nameOf = (person: string, key: string) => `${PREFIX}:${person}:${key}`;

/** Answers that a repeat can change: signed out, too early, busy. */
const REPEATABLE = [401, 408, 409, 412, 425, 429];

function isFinal(error: unknown): boolean {
  const { status } = asProblem(error);
  return status >= 400 && status < 500 && !REPEATABLE.includes(status);
}

/** The document of a person; the same one for the same key. Fetch it with `refresh`. */
export function openDocument(person: string, key: string, transport: Transport): SyncedDocument {
  const name = nameOf(person, key);
  const known = open.get(name);
  if (known) return known;
  const document = new SyncedDocument(
    {
      ...transport,
      read: () => {
        try {
          return localStorage.getItem(name);
        } catch {
          return null;
        }
      },
      write: (text) => localStorage.setItem(name, text),
      isFinal,
      setTimeout: (run, milliseconds) => setTimeout(run, milliseconds),
      clearTimeout: (timer) => clearTimeout(timer),
    },
    Date.now,
  );
  open.set(name, document);
  return document;
}

/** Ends a document whose subject was deleted, and forgets what this browser kept of it. */
export function closeDocument(person: string, key: string): void {
  const name = nameOf(person, key);
  open.get(name)?.close();
  open.delete(name);
  forget([name]);
}

const documentsOf = (person: string) => {
  const own = nameOf(person, '');
  return [...open].filter(([name]) => name.startsWith(own));
};

/** Sends what waits of a person, who is about to sign out. */
export async function flushDocuments(person: string): Promise<void> {
  await Promise.all(documentsOf(person).map(([, document]) => document.flush()));
}

/** Whether changes of a person still wait to be sent; ones that the server refused do not. */
export const hasUnsent = (person: string): boolean =>
  documentsOf(person).some(([, { state }]) => state === 'unsaved' || state === 'offline');

/** Whether a kept text holds what the server does not have: changes, or desktops that it does not know. */
function isUnsent(text: string | null): boolean {
  try {
    const kept = JSON.parse(text ?? 'null');
    if (Array.isArray(kept)) return kept.length > 1 && kept.some((one) => one?.isNew === true);
    return !equal(kept.base, kept.value);
  } catch {
    return false;
  }
}

/**
 * Forgets the documents of a person whose session ends. `keepUnsent` leaves what could not be sent
 * from this page in the browser, to be sent after the next sign-in.
 */
export function forgetDocuments(person: string, keepUnsent = false): void {
  for (const [name, document] of documentsOf(person)) {
    document.close();
    open.delete(name);
  }
  const own = nameOf(person, '');
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(own));
    forget(names.filter((name) => !(keepUnsent && isUnsent(localStorage.getItem(name)))));
  } catch {
    // Storage is closed: nothing was kept.
  }
}

function forget(names: readonly string[]): void {
  try {
    for (const name of names) localStorage.removeItem(name);
  } catch {
    // Storage is closed: nothing was kept.
  }
}

/** Keeps all open documents current. Call it once, when the page starts. */
export function watchDocuments(): void {
  addEventListener('storage', ({ key }) => {
    if (key !== null) open.get(key)?.storageChanged();
  });
  const flushAll = () => {
    for (const document of open.values()) void document.flush();
  };
  addEventListener('pagehide', flushAll);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') flushAll();
  });
  addEventListener('online', () => {
    for (const document of open.values()) {
      if (document.state !== 'saved') void document.refresh();
    }
  });
}

/** What the document holds now. The same object as long as nothing changes. */
export const useDocumentValue = (document: SyncedDocument): JsonObject =>
  useSyncExternalStore(document.subscribe, () => document.value);
