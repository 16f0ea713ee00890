/** How messages reach the person: in which corner, and when not. */
import { useId } from 'react';
import { setPreferences, TOAST_CORNERS, usePreferences } from '@/shared/state/preferences';
import { Choice } from '@/shared/ui/Choice';

const CORNER_NAMES: Record<(typeof TOAST_CORNERS)[number], string> = {
  'bottom-right': 'Bottom right',
  'bottom-left': 'Bottom left',
  'top-right': 'Top right',
  'top-left': 'Top left',
};

/** The hours of somebody who switches quiet hours on. */
const NIGHT = { from: '22:00', to: '07:00' };

export function MessageSettings() {
  const corner = usePreferences(({ toast_corner }) => toast_corner);
  const quiet = usePreferences(({ quiet_hours }) => quiet_hours);
  const id = useId();
  return (
    <details className="mt-4 border-t border-line pt-3">
      <summary className="min-h-8 rounded-control py-1 font-medium">
        Messages on this screen
      </summary>
      <div className="mt-3 flex flex-col gap-4">
        <div className="max-sm:hidden">
          <Choice
            label="Corner"
            value={corner}
            options={TOAST_CORNERS.map((value) => ({ value, label: CORNER_NAMES[value] }))}
            onChange={(toast_corner) => setPreferences({ toast_corner })}
          />
        </div>
        <div>
          <label className="flex min-h-8 items-center gap-2 font-medium">
            <input
              type="checkbox"
              checked={quiet !== undefined}
              onChange={({ target }) =>
                setPreferences({ quiet_hours: target.checked ? NIGHT : null })
              }
            />
            Quiet hours
          </label>
          {quiet && (
            <div className="mt-2 flex items-center gap-2">
              <label htmlFor={`${id}-from`}>From</label>
              <input
                id={`${id}-from`}
                type="time"
                className="field !w-auto"
                required
                value={quiet.from}
                onChange={({ target }) =>
                  target.value && setPreferences({ quiet_hours: { ...quiet, from: target.value } })
                }
              />
              <label htmlFor={`${id}-to`}>to</label>
              <input
                id={`${id}-to`}
                type="time"
                className="field !w-auto"
                required
                value={quiet.to}
                onChange={({ target }) =>
                  target.value && setPreferences({ quiet_hours: { ...quiet, to: target.value } })
                }
              />
            </div>
          )}
          <p className="mt-1.5 text-sm text-muted">
            Answers to what you do are always shown. Everything else waits here.
          </p>
        </div>
      </div>
    </details>
  );
}
