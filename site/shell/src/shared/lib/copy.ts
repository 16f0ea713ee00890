/** Copying text, with a word about what was copied. */
import { announce } from '@/shared/ui/announce';
import { toast } from '@/shared/ui/toasts';

/** `what` begins a sentence: `Address`. */
export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    announce(`${what} copied`);
    toast('success', `${what} copied.`);
  } catch {
    toast('error', 'The browser did not allow copying.');
  }
}
