/** Writes to the API: a mutation that runs once for each intent. */
import {
  type UseMutationOptions,
  type UseMutationResult,
  useMutation,
} from '@tanstack/react-query';
import { Intents } from '@/shared/api/intents';

const intents = new Intents();

/** The header that makes a repeated write harmless. */
export type IntentHeader = { 'Idempotency-Key': string };

type Options<V, R, C> = Omit<UseMutationOptions<R, Error, V, C>, 'mutationFn'> & {
  /** What is written, with its ids. */
  intent: readonly string[];
  mutationFn: (variables: V, headers: IntentHeader) => Promise<R>;
};

/**
 * Like `useMutation`, but asking again for a write that still runs does not write again, also when
 * another component asks; and a repeat after a failure carries the same idempotency key.
 */
export function useWrite<V, R, C = unknown>({
  intent,
  mutationFn,
  ...options
}: Options<V, R, C>): UseMutationResult<R, Error, V, C> {
  const nameOf = (variables: V) => JSON.stringify([intent, variables ?? null]);
  const mutation = useMutation<R, Error, V, C>({
    ...options,
    mutationFn: (variables) =>
      mutationFn(variables, { 'Idempotency-Key': intents.keyOf(nameOf(variables)) }),
  });
  const mutateAsync: typeof mutation.mutateAsync = (...call) =>
    intents.run(nameOf(call[0] as V), () => mutation.mutateAsync(...call));
  const mutate: typeof mutation.mutate = (...call) => {
    if (intents.isRunning(nameOf(call[0] as V))) return;
    // The result of the hook holds the error.
    mutateAsync(...call).catch(() => {});
  };
  return { ...mutation, mutate, mutateAsync };
}
