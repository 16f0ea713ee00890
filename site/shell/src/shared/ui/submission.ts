/** Runs the steps of a form's submission at most once at a time. */

import { asProblem } from '@prox/api-client';
import { useEffect, useRef, useState } from 'react';
import { toastProblem } from './toasts';

export type Submission = {
  busy: boolean;
  /**
   * Runs the steps unless they run already. The signal is aborted when the form is closed: a step
   * that has not written yet must not write then. An error after that is shown as a message.
   */
  run: (steps: (closed: AbortSignal) => Promise<void>) => void;
};

export function useSubmission(): Submission {
  const [busy, setBusy] = useState(false);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const run: Submission['run'] = (steps) => {
    if (running.current) return;
    const controller = new AbortController();
    running.current = controller;
    setBusy(true);
    void steps(controller.signal)
      .catch((error: unknown) => {
        // An open form shows the error itself, and the sign-in page says that the session ended.
        if (controller.signal.aborted && asProblem(error).status !== 401) toastProblem(error);
      })
      .finally(() => {
        running.current = null;
        setBusy(false);
      });
  };
  return { busy, run };
}
