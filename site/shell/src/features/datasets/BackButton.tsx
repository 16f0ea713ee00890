/** Leads back to the list of datasets. */
import { ArrowLeft } from 'lucide-react';

export const BackButton = ({ onBack }: { onBack: () => void }) => (
  <button
    type="button"
    className="button button-quiet button-icon text-muted"
    aria-label="All datasets"
    title="All datasets"
    onClick={onBack}
  >
    <ArrowLeft size={18} aria-hidden="true" />
  </button>
);
