/** A new item for a web address: what a person typed overrides what the preflight found. */
import type { CreateItem, ItemKind, Mode, Preflight } from '@prox/api-client';
import { hostOf } from '@/shared/lib/url';

/** Only what a person typed or chose. */
export type Typed = { title?: string; description?: string; mode?: Mode; kind?: ItemKind };

const LINE = { title: 120, description: 500, reason: 300, reasons: 10, url: 2048 };

/** At most so many characters, counted as the API does; never half of one. */
const cut = (text: string, most: number): string => [...text].slice(0, most).join('');

const line = (text: string | null | undefined, most: number): string =>
  cut((text ?? '').replace(/[\s\p{Cc}]+/gu, ' ').trim(), most);

export type Draft = { title: string; description: string; mode: Mode; kind: ItemKind };

/** What the form shows. */
export function draftOf(url: string, typed: Typed, found: Preflight | null): Draft {
  const mode = typed.mode ?? found?.mode ?? 'tab';
  return {
    title: typed.title ?? (line(found?.title, LINE.title) || cut(hostOf(url), LINE.title)),
    description: typed.description ?? line(found?.description, LINE.description),
    mode,
    kind: typed.kind ?? (mode === 'embed' ? 'app' : 'link'),
  };
}

/** What is sent. The reasons belong to the found mode, not to a chosen one. */
export function bodyOf(url: string, typed: Typed, found: Preflight | null): CreateItem {
  const draft = draftOf(url, typed, found);
  const icon = found?.icon && found.icon.length <= LINE.url ? found.icon : null;
  const reasons = found && draft.mode === found.mode ? found.reasons : [];
  return {
    ...draft,
    url,
    icon,
    color: found?.color ?? null,
    reasons: reasons
      .slice(0, LINE.reasons)
      .map((reason) => line(reason, LINE.reason))
      .filter(Boolean),
  };
}
