/** Asks before an action that cannot be undone. The dialog's code is fetched with the first question. */
import { lazy, type ReactNode } from 'react';
import { create } from 'zustand';
import { Optional } from './Boundary';
import { NotHere } from './NotHere';

export type Question = {
  title: string;
  body: string;
  action: string;
  run: () => void;
  /** What it is about, below the body. */
  detail?: ReactNode;
  /** `primary` for an action that takes nothing away. */
  tone?: 'danger' | 'primary';
  /** Another answer. */
  other?: { action: string; run: () => void };
};

export const useQuestion = create<{ question: Question | null }>(() => ({ question: null }));

export const confirm = (question: Question) => useQuestion.setState({ question });

export const closeQuestion = () => useQuestion.setState({ question: null });

const ConfirmDialog = lazy(() => import('./ConfirmDialog'));

export function ConfirmHost() {
  const { question } = useQuestion();
  return (
    question && (
      <Optional instead={() => <NotHere close={closeQuestion} />}>
        <ConfirmDialog {...question} />
      </Optional>
    )
  );
}
