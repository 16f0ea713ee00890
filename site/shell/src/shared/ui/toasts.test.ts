import { beforeEach, expect, it } from 'vitest';
import { clearToasts, retractOffers, shownToasts, toast } from './toasts';

beforeEach(clearToasts);

it('an undone change takes its own offers away, and no others', () => {
  const [first, second] = [{ kind: 'delete' }, { kind: 'delete' }];
  toast('info', 'Bakery was deleted.', { label: 'Undo', run: () => {}, change: first });
  toast('info', 'Boats was deleted.', { label: 'Undo', run: () => {}, change: second });
  toast('info', 'Copied.');
  retractOffers(first);
  expect(shownToasts()).toEqual(['Boats was deleted.', 'Copied.']);
});
