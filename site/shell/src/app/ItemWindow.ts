/** The window of an item, fetched when a pointer or the focus comes near the tiles. */
import { lazyWithPreload } from '@/shared/lib/lazy';

export const ItemWindow = lazyWithPreload(() => import('@/features/items/ItemWindow'));

export const LinkWindow = lazyWithPreload(() => import('@/features/items/LinkWindow'));
