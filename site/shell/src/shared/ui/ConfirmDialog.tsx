/** The dialog of `confirm.tsx`; the safe answer has the focus. */
import { AlertDialog } from '@base-ui/react/alert-dialog';
import { useRef } from 'react';
import { closeQuestion, type Question } from './confirm';

export default function ConfirmDialog(question: Question) {
  const { title, body, action, run } = question;
  const answered = useRef(false);
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && closeQuestion()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 z-50 bg-scrim" />
        <AlertDialog.Popup
          data-dialog=""
          className="fixed top-[max(18vh,var(--messages,0px)+24px)] left-1/2 z-50 w-[min(420px,calc(100vw-32px))] -translate-x-1/2 rounded-card bg-raised p-6 shadow-dialog outline-none"
        >
          <AlertDialog.Title className="text-xl">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-muted">{body}</AlertDialog.Description>
          <div className="mt-6 flex justify-end gap-2">
            <AlertDialog.Close className="button button-secondary">Cancel</AlertDialog.Close>
            <button
              type="button"
              className="button button-danger"
              onClick={() => {
                // Two clicks without a gap are one answer.
                if (answered.current) return;
                answered.current = true;
                closeQuestion();
                run();
              }}
            >
              {action}
            </button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
