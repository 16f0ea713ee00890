/** Forgets what this tab and this browser keep of a person whose session ended here. */
import { forgetUses } from '@/shared/actions/uses';
import { forgetDocuments } from '@/shared/state/documents';
import { forgetIcons } from '@/shared/ui/icon-facts';
import { timeline } from '@/shared/undo/timeline';
import { queryClient } from './client';
import { forgetDrafts } from './draft';
import { forgetKept } from './kept';

/**
 * `unsaved`: what the person typed or changed, and no server has. Only a session that the person ended
 * themselves forgets it.
 */
export function forgetPerson(person: string, unsaved: 'keep' | 'forget'): void {
  if (unsaved === 'forget') forgetDrafts();
  forgetDocuments(person, unsaved === 'keep');
  forgetIcons();
  forgetUses();
  timeline.clear();
  void forgetKept();
  queryClient.clear();
}
