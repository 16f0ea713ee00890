/** What is most likely asked for next, fetched on the way to it. */
import { later } from '@/shared/lib/later';

export const AddItem = later(() => import('@/features/items/AddItem'));
export const ItemWindow = later(() => import('@/features/items/ItemWindow'));
export const Publish = later(() => import('@/features/spaces/Publish'));
