/** The states of a view without data: empty, failed, offline, no permission, loading. */

import { asProblem } from '@prox/api-client';
import type { UseQueryResult } from '@tanstack/react-query';
import { CloudOff, Lock, type LucideIcon, SearchX, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { wordsFor } from '@/shared/api/words';
import { CopyButton } from './CopyButton';

type NoteProps = {
  icon?: LucideIcon;
  title: string;
  /** Whether it is all that the page shows. */
  page?: boolean;
  children?: ReactNode;
  actions?: ReactNode;
};

/** A quiet message in the middle of a view. */
export function Note({ icon: Icon, title, page = false, children, actions }: NoteProps) {
  const Heading = page ? 'h1' : 'h2';
  return (
    <div className="mx-auto flex max-w-[46ch] flex-col items-center px-6 py-12 text-center">
      {Icon && <Icon size={24} strokeWidth={1.5} aria-hidden="true" className="mb-3 text-muted" />}
      <Heading className="text-lg">{title}</Heading>
      {children && <div className="mt-1 text-muted">{children}</div>}
      {actions && <div className="mt-5 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}

type FailureProps = { error: unknown; page?: boolean; retry?: () => void };

/** Why a view could not be fetched, in the words that fit the reason. */
export function Failure({ error, page = false, retry }: FailureProps) {
  const problem = asProblem(error);
  const again = retry && (
    <button type="button" className="button button-secondary" onClick={retry}>
      Try again
    </button>
  );
  if (problem.code === 'offline') return <Offline page={page} />;
  if (problem.status === 403) return <NoPermission page={page} />;
  if (problem.status === 404) {
    return (
      <Note icon={SearchX} title="There is nothing here" page={page}>
        It was moved, taken away, or is not shared with you.
      </Note>
    );
  }
  return (
    <div role="alert">
      <Note icon={TriangleAlert} title="This could not be loaded" page={page} actions={again}>
        <p>{wordsFor(problem)}</p>
        {problem.requestId && (
          <p className="mt-3 flex items-center justify-center gap-1 font-mono text-xs">
            {problem.requestId}
            <CopyButton text={problem.requestId} what="Request id" />
          </p>
        )}
      </Note>
    </div>
  );
}

export function Offline({ page = false }: { page?: boolean }) {
  return (
    <Note icon={CloudOff} title="You are offline" page={page}>
      This view was not opened before, so there is nothing to show yet. It loads as soon as you are
      back.
    </Note>
  );
}

export function NoPermission({ children, page = false }: Pick<NoteProps, 'children' | 'page'>) {
  return (
    <Note icon={Lock} title="You cannot see this" page={page}>
      {children ?? 'Ask an owner or admin of the organization for access.'}
    </Note>
  );
}

type LoadedProps<T> = {
  query: Pick<UseQueryResult<T>, 'data' | 'error' | 'fetchStatus'> & { refetch: () => unknown };
  skeleton: ReactNode;
  children: (data: T) => ReactNode;
};

/**
 * Shows a query: data as soon as there is any, even when fetching it again failed;
 * otherwise the skeleton, the reason, or that the device is offline.
 */
export function Loaded<T>({ query, skeleton, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />;
  if (query.fetchStatus === 'paused') return <Offline />;
  return (
    <div aria-busy="true">
      <span className="sr-only">Loading</span>
      {skeleton}
    </div>
  );
}

/** Rows in the geometry of a list of two lines each. */
export function RowsSkeleton({ rows = 4 }: { rows?: number }) {
  return (
    <ul aria-hidden="true" className="divide-y divide-line">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same
        <li key={row} className="flex h-[60px] items-center gap-3">
          <span className="skeleton size-8 rounded-full" />
          <span className="flex flex-1 flex-col gap-2">
            <span className="skeleton h-3 w-2/5" />
            <span className="skeleton h-3 w-3/5" />
          </span>
        </li>
      ))}
    </ul>
  );
}

type FormProblemProps = {
  error: unknown;
  /** The fields of the body that show their own errors. */
  fields?: readonly string[] | undefined;
};

/** The error of a form above its buttons: all of it that no field shows. */
export function FormProblem({ error, fields = [] }: FormProblemProps) {
  if (!error) return null;
  const problem = asProblem(error);
  const words = wordsFor(problem, fields);
  if (words === '') return null;
  return (
    <p role="alert" className="mt-4 rounded-control bg-danger-soft px-3 py-2">
      {words}
      {problem.requestId && problem.status >= 500 && (
        <span className="block font-mono text-xs text-muted select-all">{problem.requestId}</span>
      )}
    </p>
  );
}
