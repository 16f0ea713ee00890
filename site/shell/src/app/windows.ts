/** Windows, fetched when the page is idle, or when a pointer or the focus comes near what opens one. */
import { lazyWithPreload } from '@/shared/lib/lazy';

export const AppWindow = lazyWithPreload(() => import('./AppWindow'));
export const ItemWindow = lazyWithPreload(() => import('@/features/items/ItemWindow'));

export const LinkWindow = lazyWithPreload(() => import('@/features/items/LinkWindow'));
