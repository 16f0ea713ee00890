/** The action that adds what is in the clipboard. */
import { ClipboardPaste } from 'lucide-react';
import type { Action } from '@/shared/actions/action';

export const pasteActions = (paste: () => void): readonly Action[] => [
  {
    id: 'item.paste',
    title: 'Paste on this page',
    group: 'Items',
    keywords: ['clipboard', 'add', 'address', 'text', 'card', 'link'],
    icon: ClipboardPaste,
    run: paste,
  },
];
