/** A date: relative, and the exact one on hover. */
import { ago, exactly } from '@/shared/lib/time';

export function Time({ at, now }: { at: string; now: number }) {
  return (
    <time dateTime={at} title={exactly(at)}>
      {ago(at, now)}
    </time>
  );
}
