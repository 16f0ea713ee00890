/** A set of ids that only this browser keeps: which folders are open, which windows keep running. */
import * as v from 'valibot';
import { create } from 'zustand';

const schema = v.array(v.string());

function read(key: string): readonly string[] {
  try {
    return v.parse(schema, JSON.parse(localStorage.getItem(key) ?? '[]'));
  } catch {
    return [];
  }
}

export type KeptIds = {
  /** A hook for all ids, the most recently added last. */
  useAll: () => readonly string[];
  has: (id: string) => boolean;
  set: (id: string, isIn: boolean) => void;
};

/** `key` is the name in the storage; of more than `most` ids, the most recently added are kept. */
export function keptIds(key: string, most: number): KeptIds {
  const useIds = create<{ ids: readonly string[] }>(() => ({ ids: read(key) }));
  return {
    useAll: () => useIds(({ ids }) => ids),
    has: (id) => useIds.getState().ids.includes(id),
    set: (id, isIn) => {
      const others = useIds.getState().ids.filter((one) => one !== id);
      const ids = isIn ? [...others, id].slice(-most) : others;
      useIds.setState({ ids });
      try {
        localStorage.setItem(key, JSON.stringify(ids));
      } catch {
        // Storage is closed: the choice holds until the page is left.
      }
    },
  };
}
