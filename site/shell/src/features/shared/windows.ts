/** The windows of spaces that others share with the person. */
import type { SharedSpace } from '@prox/api-client';
import { create } from 'zustand';
import { publicPath } from '@/shared/lib/paths';
import { openWindow } from '@/system/windows/store';

const PREFIX = 'shared:';
const SIZE = { width: 880, height: 640 };

/** What a window shows: the page as it is published for the person, or the list of its items. */
export type View = 'page' | 'items';

const useViews = create<Record<string, View>>(() => ({}));

export const useView = (space: string): View => useViews((views) => views[space] ?? 'page');

export const setView = (space: string, view: View): void => useViews.setState({ [space]: view });

/** The id of the space that a window shows; null when the window shows something else. */
export const spaceOf = (window: string): string | null =>
  window.startsWith(PREFIX) ? window.slice(PREFIX.length) : null;

export const titleOf = ({ title, organization }: SharedSpace): string =>
  title ?? `Items of ${organization.name}`;

export function openShared(shared: SharedSpace, view: View): void {
  setView(shared.space_id, view);
  openWindow(`${PREFIX}${shared.space_id}`, SIZE, { title: titleOf(shared), picture: null });
}

export const pageOf = ({ organization, slug }: SharedSpace): URL =>
  new URL(publicPath(organization, { slug }), location.origin);
