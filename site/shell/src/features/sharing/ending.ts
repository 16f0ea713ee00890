/** Ends grants and links, from wherever they are shown. */
import type { CreateGrant, Grant, Space, Viewing } from '@prox/api-client';
import { useCreateGrant, useDeleteGrant } from '@/shared/data/sharing';
import { toast, toastProblem } from '@/shared/ui/toasts';
import { principalName } from './audience';

/** How the principal of a grant is named in a request. */
function nameOf({ type, id, email }: Viewing['principal']): CreateGrant['principal'] {
  if (type === 'anyone') return { type };
  return id === null ? { type, email } : { type, id };
}

/** Answers a function that ends a grant at once, and offers to give it again. */
export function useEndGrant(
  space: Space,
): (grant: Pick<Grant, 'id' | 'principal' | 'level' | 'item_id' | 'via_link'>) => void {
  const remove = useDeleteGrant(space);
  const create = useCreateGrant(space);
  return ({ id, principal, level, item_id, via_link }) => {
    const name = principalName(principal);
    remove.mutateAsync(id).then(() => {
      const body = { principal: nameOf(principal), level, item: item_id };
      // What somebody got by keeping a link, only the link gives.
      const undo = via_link === null && {
        label: 'Undo',
        run: () => void create.mutateAsync(body).catch(toastProblem),
      };
      toast('info', `The access of ${name} ended.`, undo || undefined);
    }, toastProblem);
  };
}

/** What else ends with a link, in words; empty for nothing. */
export function endsWith(link: string, grants: readonly Grant[]): string {
  const kept = grants.filter(({ via_link }) => via_link === link).length;
  const widened = grants.filter(({ principal }) => principal.id === link).length;
  return [
    kept === 1 && 'One person who kept it in their account loses access.',
    kept > 1 && `${kept} people who kept it in their account lose access.`,
    widened > 0 && 'What else was shared with the link is not shared any more.',
  ]
    .filter(Boolean)
    .join(' ');
}
