/** What is most likely asked for next, fetched on the way to it. */
import { lazyWithPreload } from '@/shared/lib/lazy';

export const AddItem = lazyWithPreload(() => import('@/features/items/AddItem'));
export const ItemWindow = lazyWithPreload(() => import('@/features/items/ItemWindow'));
export const Publish = lazyWithPreload(() => import('@/features/spaces/Publish'));
