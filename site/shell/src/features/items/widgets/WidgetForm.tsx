/** The form that adds a widget: which one, its title, and what it needs to know. */
import type { CreateItem, Widget } from '@prox/api-client';
import { useId, useState } from 'react';
import type { DraftState } from '@/shared/data/draft';
import { guessUrl, hostOf } from '@/shared/lib/url';
import { DialogForm } from '@/shared/ui/DialogForm';
import { Field } from '@/shared/ui/Field';
import { kindOf, newWidget, WIDGETS } from './kinds';
import { ZonesField } from './ZonesField';

export type WidgetTexts = {
  widget?: string | undefined;
  'widget-title'?: string | undefined;
  'widget-url'?: string | undefined;
  'widget-zones'?: string | undefined;
};

type Props = {
  /** Chosen before the dialog was opened. */
  first: Widget | undefined;
  texts: WidgetTexts;
  set: (change: WidgetTexts) => void;
  draft: DraftState;
  sent: { error: unknown; isPending: boolean };
  errorOf: (field: string) => string | undefined;
  onAdd: (make: () => Promise<CreateItem>) => void;
  onClose: () => void;
};

export function WidgetForm({ first, texts, set, draft, sent, errorOf, onAdd, onClose }: Props) {
  const name = useId();
  const [missing, setMissing] = useState(false);
  const kind = WIDGETS.find(({ widget }) => widget === (texts.widget ?? first)) ?? kindOf('clock');
  if (!kind) return null;
  const url = guessUrl(texts['widget-url'] ?? '');
  const isFeed = kind.widget === 'feed';
  const usual = isFeed && url ? hostOf(url) : kind.label;
  const submit = () => {
    if (isFeed && !url) return setMissing(true);
    onAdd(async () =>
      newWidget(kind, {
        title: texts['widget-title']?.trim() || usual,
        ...(isFeed && url && { url }),
        ...(kind.widget === 'clock' && { body: texts['widget-zones'] ?? '' }),
      }),
    );
  };
  return (
    <DialogForm
      action="Add"
      busy="Adding"
      draft={draft}
      sent={sent}
      fields={['title', 'url', 'body']}
      onSubmit={submit}
      onClose={onClose}
    >
      <fieldset className="min-w-0">
        <legend className="mb-1.5 font-medium">Widget</legend>
        <div className="grid grid-cols-1 gap-2 sm:grid-cols-2">
          {WIDGETS.map(({ widget, label, detail, icon: Icon }) => (
            <label
              key={widget}
              className="relative flex items-start gap-3 rounded-control p-3 select-none shadow-[inset_0_0_0_1px_var(--line)] hover:bg-hover has-checked:bg-accent-soft has-checked:shadow-[inset_0_0_0_2px_var(--accent)] has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent forced-colors:has-checked:outline-2"
            >
              <input
                type="radio"
                className="sr-only"
                name={name}
                checked={widget === kind.widget}
                onChange={() => set({ widget })}
              />
              <Icon size={18} strokeWidth={1.75} aria-hidden="true" className="mt-0.5 flex-none" />
              <span>
                <span className="block font-medium">{label}</span>
                <span className="block text-sm text-muted">{detail}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      {isFeed && (
        <Field
          label="Address"
          hint="Of an RSS, Atom or JSON feed, or of a site that has one."
          placeholder="https://"
          inputMode="url"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={2048}
          value={texts['widget-url'] ?? ''}
          error={missing && !url ? 'must be a web address, like example.com/feed' : errorOf('url')}
          onChange={({ target }) => {
            setMissing(false);
            set({ 'widget-url': target.value });
          }}
        />
      )}
      <Field
        label="Title"
        optional
        placeholder={usual}
        maxLength={120}
        value={texts['widget-title'] ?? ''}
        error={errorOf('title')}
        onChange={({ target }) => set({ 'widget-title': target.value })}
      />
      {kind.widget === 'clock' && (
        <ZonesField
          value={texts['widget-zones'] ?? ''}
          error={errorOf('body')}
          onChange={(zones) => set({ 'widget-zones': zones })}
        />
      )}
    </DialogForm>
  );
}
