/**
 * A page of another site in a sandbox, with words and a way on for each of its states. A browser
 * reports neither that a site refuses to be framed nor that it failed in the frame. The preflight
 * therefore runs again while the page loads, and a refusal shows a card instead of a white page.
 */
import { useQuery } from '@tanstack/react-query';
import { CloudOff, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { preflightQuery } from '@/shared/data/preflight';
import { reportFrame } from '@/shared/data/reports';
import { useNetwork } from '@/shared/lib/online';
import { openTab } from '@/shared/lib/tab';
import { hostOf, sandboxFor } from '@/shared/lib/url';
import { Note } from '@/shared/ui/States';
import { useWaits } from '@/system/windows/start-mode';
import { focusWindow, useIsSuspended } from '@/system/windows/store';
import { type FramePhase, type FrameStrip, failureOf, frameState } from './frameState';
import { useGuestLinks } from './useGuestLinks';
import { itemOf } from './windows';

/** Milliseconds until a page that loads gets a skeleton, and until it gets a way on. */
const SKELETON_AFTER = 300;
const LATE_AFTER = 10_000;

type Props = {
  windowId: string;
  title: string;
  url: URL;
  /** Whether the page goes on while its window is out of sight. */
  keep: boolean;
  /** Chooses that the page goes on while its window is out of sight; absent when nobody can. */
  onKeep?: () => void;
  /** Shown when the site does not allow to be framed, or does not answer. */
  blocked: (reasons: readonly string[], checkAgain: ReactNode) => ReactNode;
};

export function Frame(props: Props) {
  const waits = useWaits(props.windowId);
  const [asked, setAsked] = useState(false);
  if (!waits || asked) return <Page {...props} />;
  return <Waiting url={props.url} onAsk={() => setAsked(true)} />;
}

/** Instead of a page that nobody asked for yet. */
function Waiting({ url, onAsk }: { url: URL; onAsk: () => void }) {
  return (
    <div className="grid h-full place-items-center bg-raised">
      <Note
        title={hostOf(url.href)}
        actions={
          <button type="button" className="button button-secondary" onClick={onAsk}>
            Load this page
          </button>
        }
      >
        Paused, so that your home is here first.
      </Note>
    </div>
  );
}

function Page({ windowId, title, url, keep, onKeep, blocked }: Props) {
  const verdict = useQuery(preflightQuery(url.href));
  const { online } = useNetwork();
  const [loadedUrl, setLoadedUrl] = useState<string | null>(null);
  const loaded = loadedUrl === url.href;
  const frame = useRef<HTMLIFrameElement>(null);
  useGuestLinks(frame, url.origin);
  const refused = verdict.data?.embeddable === false;
  const failure = verdict.data && refused ? failureOf(verdict.data) : null;
  const item = itemOf(windowId)?.item;
  useEffect(() => {
    if (item && failure) reportFrame(item, failure);
  }, [item, failure]);
  const suspended = useIsSuspended(windowId, keep || refused);
  const phase = usePhase(loaded, online && !suspended);
  const state = frameState({ phase, online, verdict: verdict.data });
  const [paused, setPaused] = useState(false);
  // A page that was unloaded begins again when it is seen again.
  useEffect(() => {
    if (!suspended) return;
    setLoadedUrl(null);
    setPaused(true);
  }, [suspended]);
  if (state.kind === 'blocked') {
    const checkAgain = (
      <button
        type="button"
        className="button button-quiet"
        aria-disabled={verdict.isFetching}
        onClick={() => void verdict.refetch()}
      >
        {verdict.isFetching ? 'Checking' : 'Check again'}
      </button>
    );
    return blocked(state.reasons, checkAgain);
  }
  if (state.kind === 'offline') {
    return (
      <Note icon={CloudOff} title="You are offline">
        {hostOf(url.href)} loads as soon as you are back.
      </Note>
    );
  }
  if (suspended) return null;
  return (
    <div className="relative flex h-full flex-col bg-raised">
      {state.strip && <Strip kind={state.strip} url={url} />}
      {paused && <Resumed onKeep={keep ? undefined : onKeep} onHide={() => setPaused(false)} />}
      <div className="relative min-h-0 flex-1">
        {state.cover === 'skeleton' && <PageSkeleton host={hostOf(url.href)} />}
        <LeaveFrame id={windowId} />
        <iframe
          ref={frame}
          title={title}
          src={url.href}
          sandbox={sandboxFor(url, location.origin)}
          allow=""
          referrerPolicy="strict-origin-when-cross-origin"
          className={`size-full border-0 bg-[#fff] [color-scheme:normal] ${state.cover === 'none' ? '' : 'opacity-0'}`}
          onLoad={() => setLoadedUrl(url.href)}
        />
        <LeaveFrame id={windowId} />
      </div>
    </div>
  );
}

/** How far a page is that begins to load whenever it may. */
function usePhase(loaded: boolean, mayLoad: boolean): FramePhase {
  const [waited, setWaited] = useState<Exclude<FramePhase, 'loaded'>>('starting');
  useEffect(() => {
    if (loaded || !mayLoad) return;
    setWaited('starting');
    const timers = [
      setTimeout(() => setWaited('loading'), SKELETON_AFTER),
      setTimeout(() => setWaited('late'), LATE_AFTER),
    ];
    return () => timers.forEach(clearTimeout);
  }, [loaded, mayLoad]);
  return loaded ? 'loaded' : waited;
}

function Strip({ kind, url }: { kind: FrameStrip; url: URL }) {
  const [closed, setClosed] = useState<FrameStrip | null>(null);
  if (closed === kind) return null;
  const host = hostOf(url.href);
  return (
    <div
      role="status"
      className="flex flex-none items-center gap-3 border-b border-line bg-warn-soft py-1.5 pr-1.5 pl-4 text-sm"
    >
      <span className="flex-1">
        {kind === 'late'
          ? `${host} is taking a long time to respond.`
          : `${host} asks you to sign in. If it forgets you here, sign in in a tab and reload.`}
      </span>
      <button type="button" className="button button-secondary" onClick={() => openTab(url)}>
        Open in a new tab
      </button>
      <button
        type="button"
        className="button button-quiet button-icon"
        aria-label="Hide this message"
        onClick={() => setClosed(kind)}
      >
        <X size={16} aria-hidden="true" />
      </button>
    </div>
  );
}

type ResumedProps = { onKeep: (() => void) | undefined; onHide: () => void };

/**
 * Says that the page was unloaded. Nothing of another site's page can be read, so nothing is handed
 * over: it begins at its address again.
 */
function Resumed({ onKeep, onHide }: ResumedProps) {
  return (
    <div
      role="status"
      className="flex flex-none items-center gap-2 border-b border-line py-1 pr-1.5 pl-4 text-sm text-muted"
    >
      <span className="flex-1">Paused while it was hidden · Reloaded</span>
      {onKeep && (
        <button
          type="button"
          className="button button-quiet"
          onClick={() => {
            onKeep();
            onHide();
          }}
        >
          Keep it running
        </button>
      )}
      <button
        type="button"
        className="button button-quiet button-icon"
        aria-label="Hide this message"
        onClick={onHide}
      >
        <X size={16} aria-hidden="true" />
      </button>
    </div>
  );
}

/**
 * The way out of an embedded page by keyboard. Keys that are pressed in a page of another origin
 * never reach this page, but Tab moves on to the elements beside the frame.
 */
const LeaveFrame = ({ id }: { id: string }) => (
  <button
    type="button"
    className="button button-secondary sr-only focus:not-sr-only focus:!absolute focus:right-2 focus:bottom-2 focus:z-1 focus:!px-3"
    onClick={() => focusWindow(id)}
  >
    Back to the window
  </button>
);

function PageSkeleton({ host }: { host: string }) {
  return (
    <div
      aria-busy="true"
      className="absolute inset-0 flex flex-col items-center justify-center gap-3 text-muted"
    >
      <span className="skeleton h-1 w-40 rounded-full" />
      <span className="text-sm">Opening {host}</span>
    </div>
  );
}
