/** The current person, organization and space. */

import type { Me, Organization, Role, Space } from '@prox/api-client';
import { createContext, use } from 'react';

export type Where = { me: Me; organization: Organization; space: Space | null };

export const PlaceContext = createContext<Where | null>(null);

export function usePlace(): Where {
  const place = use(PlaceContext);
  if (!place) throw new Error('usePlace outside an organization');
  return place;
}

const RANK: Record<Role, number> = { member: 0, admin: 1, owner: 2 };

/** Whether a role may do what `needed` may. The server decides; this only spares dead ends. */
export const atLeast = (role: Role, needed: Role): boolean => RANK[role] >= RANK[needed];
