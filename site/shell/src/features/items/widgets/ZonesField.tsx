/** The time zones of a clock: a list, and a field that adds one by the name of a city. */
import { X } from 'lucide-react';
import { useId, useState } from 'react';
import { announce } from '@/shared/ui/announce';
import { Field } from '@/shared/ui/Field';
import { allZones, cityOf, findZone, isZone, MOST_ZONES } from './zones';

type Props = {
  /** One on each line; empty for the zone of this device. */
  value: string;
  error?: string | undefined;
  onChange: (value: string) => void;
};

export function ZonesField({ value, error, onChange }: Props) {
  const list = useId();
  const [text, setText] = useState('');
  const [missing, setMissing] = useState(false);
  const zones = value.split('\n').filter(Boolean);
  const add = (id: string) => {
    setText('');
    setMissing(false);
    if (zones.includes(id)) return;
    onChange([...zones, id].join('\n'));
    announce(`${cityOf(id)} was added`);
  };
  const remove = (id: string) => {
    onChange(zones.filter((one) => one !== id).join('\n'));
    announce(`${cityOf(id)} was removed`);
  };
  return (
    <div>
      {zones.length > 0 && (
        <ul aria-label="Time zones" className="mb-3 flex flex-wrap gap-2">
          {zones.map((id) => (
            <li
              key={id}
              className="flex items-center gap-1 rounded-full bg-sunken py-0.5 pr-1 pl-3 shadow-[inset_0_0_0_1px_var(--line)]"
            >
              <span title={id}>{cityOf(id)}</span>
              <button
                type="button"
                className="grid size-6 pointer-coarse:size-9 place-items-center rounded-full text-muted hover:bg-hover"
                aria-label={`Remove ${cityOf(id)}`}
                onClick={() => remove(id)}
              >
                <X size={14} aria-hidden="true" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {zones.length < MOST_ZONES && (
        <Field
          label="Add a time zone"
          optional
          hint={zones.length === 0 ? 'Without one, it shows the time of your device.' : undefined}
          placeholder="A city, like Tokyo"
          autoComplete="off"
          spellCheck={false}
          list={list}
          value={text}
          error={missing ? 'has no such city. Try a larger one nearby' : error}
          onChange={({ target }) => {
            setMissing(false);
            // Chosen from the list.
            if (target.value.includes('/') && isZone(target.value)) add(target.value);
            else setText(target.value);
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || text.trim() === '') return;
            // Not the form's button.
            event.preventDefault();
            const found = findZone(text);
            if (found) add(found);
            else setMissing(true);
          }}
        />
      )}
      <datalist id={list}>
        {allZones().map((id) => (
          <option key={id} value={id}>
            {cityOf(id)}
          </option>
        ))}
      </datalist>
    </div>
  );
}
