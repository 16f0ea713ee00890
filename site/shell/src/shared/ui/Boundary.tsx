/** Keeps a part that failed from taking the whole page with it. */
import { CloudOff, TriangleAlert } from 'lucide-react';
import { Component, type ReactNode, Suspense } from 'react';
import { Note } from './States';

type Props = {
  children: ReactNode;
  /** Shown instead of the note, for parts without a place of their own. */
  instead?: (error: unknown) => ReactNode;
};

export class Boundary extends Component<Props, { error: unknown }> {
  override state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return this.props.instead ? this.props.instead(error) : <Broken error={error} />;
  }
}

type OptionalProps = {
  children: ReactNode;
  /** Shown until the code is there. */
  fallback?: ReactNode;
  /** Shown when the code could not be fetched; absent for nothing. */
  instead?: (error: unknown) => ReactNode;
};

/** A part whose code is fetched later, and without which the page goes on when that fails. */
export const Optional = ({ children, fallback, instead = () => null }: OptionalProps) => (
  <Boundary instead={instead}>
    <Suspense fallback={fallback}>{children}</Suspense>
  </Boundary>
);

/** Browsers say so when the code of a part could not be fetched: no network, or a newer version is out. */
export const isMissingCode = (error: unknown): boolean =>
  error instanceof TypeError && /module|import/i.test(error.message);

export function Broken({ error }: { error?: unknown }) {
  const missing = error === undefined || isMissingCode(error);
  return (
    <div role="alert">
      <Note
        icon={missing ? CloudOff : TriangleAlert}
        title={missing ? 'This part is not here yet' : 'This part stopped working'}
        actions={
          <button
            type="button"
            className="button button-secondary"
            onClick={() => location.reload()}
          >
            Reload the page
          </button>
        }
      >
        {missing
          ? 'Its code could not be fetched. Check your connection, then reload.'
          : 'It is a fault on our side. Nothing that was saved is lost.'}
      </Note>
    </div>
  );
}
