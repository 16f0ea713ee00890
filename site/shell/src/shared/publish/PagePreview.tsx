/** The public page as others see it now, small and untouchable. */
import { useEffect, useRef, useState } from 'react';

/** Px of the window in which the page is shown before it is scaled down. */
const PAGE = { width: 1200, height: 820 };

/** Milliseconds between questions, and how many are asked: the edge may still know an older answer. */
const ASK_EVERY = 700;
const ASK_MOST = 15;

/** Whether the page answers; it may take a moment after it was published. */
function useAnswers(address: string): boolean {
  const [answers, setAnswers] = useState(false);
  useEffect(() => {
    const ending = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const ask = async (asked: number) => {
      const { signal } = ending;
      const found = await fetch(address, { credentials: 'omit', cache: 'no-store', signal })
        .then((response) => response.ok)
        .catch(() => false);
      if (signal.aborted) return;
      if (found) setAnswers(true);
      else if (asked < ASK_MOST) timer = setTimeout(() => void ask(asked + 1), ASK_EVERY);
    };
    void ask(1);
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [address]);
  return answers;
}

/** `version`: changes when the page does. */
export function PagePreview({ address, version }: { address: string; version: number }) {
  const box = useRef<HTMLDivElement>(null);
  const [scale, setScale] = useState(0);
  const [loaded, setLoaded] = useState(false);
  const answers = useAnswers(address);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setScale(element.clientWidth / PAGE.width));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div
      ref={box}
      inert
      aria-hidden="true"
      className="relative w-full overflow-hidden rounded-card bg-sunken shadow-[0_0_0_1px_var(--line)]"
      style={{ aspectRatio: `${PAGE.width} / ${PAGE.height}` }}
    >
      {!loaded && <span className="skeleton absolute inset-0 !rounded-none" />}
      {answers && scale > 0 && (
        <iframe
          key={version}
          src={address}
          title="Preview of the public page"
          // Neither scripts nor the origin of the shell.
          sandbox=""
          tabIndex={-1}
          className={`pointer-events-none absolute top-0 left-0 origin-top-left border-0 transition-opacity duration-300 ${loaded ? '' : 'opacity-0'}`}
          style={{ ...PAGE, transform: `scale(${scale})` }}
          onLoad={() => setLoaded(true)}
        />
      )}
    </div>
  );
}
