/** A shortcut as caps of keys, in the order of the person's system. */
import { capsOf, isApple, spokenOf } from '@/shared/actions/keys';

export function Keys({ keys }: { keys: string }) {
  const apple = isApple();
  const caps = capsOf(keys, apple).map((cap, at) => ({ cap, at }));
  return (
    <kbd className="inline-flex flex-none items-center gap-0.5 font-sans">
      <span className="sr-only">{spokenOf(keys, apple)}</span>
      {caps.map(({ cap, at }) => (
        <span
          key={at}
          aria-hidden="true"
          className="inline-grid h-5 min-w-5 place-items-center rounded-[4px] bg-sunken px-1 text-xs text-muted forced-colors:border"
        >
          {cap}
        </span>
      ))}
    </kbd>
  );
}
