/** Changes in words, for the messages about them. */
import type { Change, LayoutChange } from './changes';

export type Words = {
  /** What was done, for a change that cannot be undone: `“Harbour Bank” was moved`. */
  done: string;
  /** What an undo did: `Moved “Harbour Bank” back`. */
  undone: string;
  /** What a redo did: `Moved “Harbour Bank” again`. */
  redone: string;
};

/** A verb in the past tense with its object: moved, and moved back. */
const back = (verb: string, title: string): Words => ({
  done: `${title} was ${verb.toLowerCase()}`,
  undone: `${verb} ${title} back`,
  redone: `${verb} ${title} again`,
});

const renamed = (from: string, to: string): Words => ({
  done: `“${to}” was renamed`,
  undone: `Renamed “${to}” back to “${from}”`,
  redone: `Renamed “${from}” to “${to}” again`,
});

const gone = (title: string): Words => ({
  done: `${title} was deleted`,
  undone: `Brought ${title} back`,
  redone: `Deleted ${title} again`,
});

const added = (title: string, taken = 'Removed'): Words => ({
  done: `${title} was added`,
  undone: `${taken} ${title}`,
  redone: `Added ${title} again`,
});

const field = (values: object, name: string): string | null => {
  const value: unknown = Reflect.get(values, name);
  return typeof value === 'string' ? value : null;
};

function layoutWords({ verb, title, from, to }: LayoutChange): Words {
  const count = Object.keys(to.windows ?? {}).length;
  const windows = count === 1 ? `“${title}”` : `${count} windows`;
  switch (verb) {
    case 'move':
      return back('Moved', windows);
    case 'resize':
      return back('Resized', windows);
    case 'arrange':
      return {
        done: `${count} windows were arranged`,
        undone: `Put ${windows} back`,
        redone: `Arranged ${windows} again`,
      };
    case 'close':
      return {
        done: count === 1 ? `${windows} was closed` : `${windows} were closed`,
        undone: `Opened ${windows} again`,
        redone: `Closed ${windows} again`,
      };
    case 'send':
      return {
        done: `${windows} was moved to another desktop`,
        undone: `Moved ${windows} back to its desktop`,
        redone: `Moved ${windows} to the other desktop again`,
      };
    case 'add-desktop':
      return added(`“${title}”`);
    case 'remove-desktop':
      return {
        done: `“${title}” was removed`,
        undone: `Brought “${title}” back`,
        redone: `Removed “${title}” again`,
      };
    case 'rename-desktop': {
      const [before] = Object.values(from.desktops ?? {});
      const [after] = Object.values(to.desktops ?? {});
      return renamed(field(before ?? {}, 'name') ?? title, field(after ?? {}, 'name') ?? title);
    }
    case 'order-desktops':
      return back('Moved', `“${title}”`);
    case 'wallpaper':
      return {
        done: `The wallpaper of “${title}” was changed`,
        undone: `Changed the wallpaper of “${title}” back`,
        redone: `Changed the wallpaper of “${title}” again`,
      };
    case 'import':
      return {
        done: `${title} was imported`,
        undone: `Took the import of ${title} back`,
        redone: `Imported ${title} again`,
      };
  }
}

export function wordsOf(change: Change): Words {
  switch (change.kind) {
    case 'create':
      return added(`“${change.item.title}”`, 'Deleted');
    case 'delete':
      return gone(`“${change.item.title}”`);
    case 'move':
      return back('Moved', `“${change.title}”`);
    case 'edit':
    case 'space': {
      const fields = Object.keys(change.to);
      const only = fields.length === 1 ? fields[0] : null;
      const [from, to] = [field(change.from, 'title'), field(change.to, 'title')];
      if (only === 'title' && from !== null && to !== null) return renamed(from, to);
      if (only === 'size') return back('Resized', `“${change.title}”`);
      if (only === 'visibility') return back('Changed', `who sees “${change.title}”`);
      const known = only && ['description', 'cover', 'accent', 'theme', 'color'].includes(only);
      const name = only === 'color' ? 'colour' : only;
      return back('Changed', known ? `the ${name} of “${change.title}”` : `“${change.title}”`);
    }
    case 'sort':
      return {
        done: `Items were sorted by ${change.title}`,
        undone: 'Put the items back in their order',
        redone: `Sorted the items by ${change.title} again`,
      };
    case 'layout':
      return layoutWords(change);
  }
}
