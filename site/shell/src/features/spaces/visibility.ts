/** Who sees a space, in words. */

import type { Visibility } from '@prox/api-client';
import { Globe, Link2, Lock, type LucideIcon } from 'lucide-react';

export const VISIBILITIES: Record<Visibility, { label: string; detail: string; icon: LucideIcon }> =
  {
    private: { label: 'Private', detail: 'Only members of this organization.', icon: Lock },
    unlisted: {
      label: 'Unlisted',
      detail: 'Everybody with the address. Search engines leave it out.',
      icon: Link2,
    },
    public: { label: 'Public', detail: 'Everybody, and search engines.', icon: Globe },
  };
