/** The actions that undo and redo. */
import { Redo2, Undo2 } from 'lucide-react';
import type { Action } from '@/shared/actions/action';

type UndoPort = {
  undo: () => void;
  redo: () => void;
  canUndo: () => boolean;
  canRedo: () => boolean;
};

export const undoActions = ({ undo, redo, canUndo, canRedo }: UndoPort): readonly Action[] => [
  {
    id: 'item.undo',
    title: 'Undo the last change',
    group: 'Items',
    keywords: ['back', 'revert', 'restore', 'window', 'desktop'],
    icon: Undo2,
    keys: ['$mod+z'],
    repeats: true,
    when: canUndo,
    run: undo,
  },
  {
    id: 'item.redo',
    title: 'Redo the change that was undone',
    group: 'Items',
    keywords: ['again', 'repeat'],
    icon: Redo2,
    keys: ['$mod+Shift+z', '$mod+y'],
    repeats: true,
    when: canRedo,
    run: redo,
  },
];
