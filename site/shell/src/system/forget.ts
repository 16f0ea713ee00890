/** Forgets what this tab and this browser keep of a person whose session ended. */
import { forgetUses } from '@/shared/actions/uses';
import { queryClient } from '@/shared/data/client';
import { forgetDrafts } from '@/shared/data/draft';
import { forgetKept } from '@/shared/data/kept';
import { forgetDocuments } from '@/shared/state/documents';
import { closeQuestion } from '@/shared/ui/confirm';
import { forgetIcons } from '@/shared/ui/icon-facts';
import { closeMenu } from '@/shared/ui/menu';
import { clearToasts } from '@/shared/ui/toasts';
import { timeline } from '@/shared/undo/timeline';
import { closeDialog } from './dialogs';

/**
 * `unsaved`: what the person typed or changed, and no server has. Only a session that the person ended
 * themselves forgets it. Nothing of it is sent any more until the same person signs in.
 */
export function forgetPerson(person: string, unsaved: 'keep' | 'forget'): void {
  if (unsaved === 'forget') forgetDrafts();
  forgetDocuments(person, unsaved === 'keep');
  forgetIcons();
  forgetUses();
  timeline.clear();
  // These are shown above the page to sign in, too.
  clearToasts();
  closeQuestion();
  closeMenu();
  closeDialog();
  void forgetKept();
  queryClient.clear();
}
