/** The time and the date, large, on the art of the accent. They move a little each minute. */
import { useEffect, useState } from 'react';
import { ArtSurface } from '@/shared/ui/Art';

/** The time, again at the start of each minute. */
function useMinute(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const untilNext = 60_000 - (now.getTime() % 60_000);
    const timer = setTimeout(() => setNow(new Date()), untilNext + 20);
    return () => clearTimeout(timer);
  }, [now]);
  return now;
}

/** Where the time stands in a minute, in per cent: nothing burns into a screen. */
export function placeAt(minute: number): { left: number; top: number } {
  // Steps that share no divisor with the number of places visit all of them.
  return { left: 8 + ((minute * 7) % 10) * 3, top: 18 + ((minute * 3) % 10) * 3 };
}

export function Clock() {
  const now = useMinute();
  const { left, top } = placeAt(Math.floor(now.getTime() / 60_000));
  return (
    <ArtSurface stored="art:aurora" className="absolute inset-0">
      <div
        className="absolute transition-[left,top] duration-[3s]"
        style={{ left: `${left}%`, top: `${top}%` }}
      >
        <p className="tabular text-[clamp(72px,18vw,240px)] leading-none font-semibold tracking-[-0.04em]">
          {now.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })}
        </p>
        <p className="mt-[1vw] text-[clamp(18px,2.4vw,36px)]">
          {now.toLocaleDateString(undefined, { weekday: 'long', day: 'numeric', month: 'long' })}
        </p>
      </div>
    </ArtSurface>
  );
}
