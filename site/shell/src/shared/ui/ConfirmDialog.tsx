/** The dialog of `confirm.tsx`; the safe answer has the focus. */
import { AlertDialog } from '@base-ui/react/alert-dialog';
import { type CSSProperties, useRef } from 'react';
import { closeQuestion, type Question } from './confirm';

const WIDE = { '--asked': '560px' } as CSSProperties;

export default function ConfirmDialog(question: Question) {
  const { title, body, action, run, detail, tone = 'danger', other } = question;
  const answered = useRef(false);
  const answer = (act: () => void) => () => {
    // Two clicks without a gap are one answer.
    if (answered.current) return;
    answered.current = true;
    closeQuestion();
    act();
  };
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && closeQuestion()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 z-50 bg-scrim" />
        <AlertDialog.Popup
          data-dialog=""
          style={detail ? WIDE : undefined}
          className="fixed top-[max(18vh,var(--messages,0px)+24px)] left-1/2 z-50 max-h-[calc(100dvh-max(18vh,var(--messages,0px)+24px)-16px)] w-[min(var(--asked,420px),calc(100vw-32px))] -translate-x-1/2 overflow-y-auto rounded-card bg-raised p-6 shadow-dialog outline-none"
        >
          <AlertDialog.Title className="text-xl">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-muted">{body}</AlertDialog.Description>
          {detail}
          <div className="mt-6 flex flex-wrap justify-end gap-2">
            <AlertDialog.Close className="button button-secondary">Cancel</AlertDialog.Close>
            {other && (
              <button type="button" className="button button-secondary" onClick={answer(other.run)}>
                {other.action}
              </button>
            )}
            <button
              type="button"
              className={`button ${tone === 'danger' ? 'button-danger' : 'button-primary'}`}
              onClick={answer(run)}
            >
              {action}
            </button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
