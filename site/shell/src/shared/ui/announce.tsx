/** Announces to screen readers what is already visible. */
import { create } from 'zustand';

const useAnnouncement = create<{ text: string; count: number }>(() => ({ text: '', count: 0 }));

export function announce(text: string): void {
  useAnnouncement.setState(({ count }) => ({ text, count: count + 1 }));
}

export function Announcer() {
  const { text, count } = useAnnouncement();
  return (
    <div className="sr-only" aria-live="polite" aria-atomic="true">
      {/* A new element each time, so that the same words are said again. */}
      <span key={count}>{text}</span>
    </div>
  );
}
