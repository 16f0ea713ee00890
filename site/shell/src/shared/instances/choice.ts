/** Which instance the person looks at in each organization. Kept in this tab only. */
import { create } from 'zustand';

/** Ids of instances by those of their organizations. */
const useChoices = create<Readonly<Record<string, string>>>(() => ({}));

/** What was chosen, which may be gone by now. */
export const useChoice = (organization: string): string | undefined =>
  useChoices((choices) => choices[organization]);

export const choose = (organization: string, instance: string): void =>
  useChoices.setState({ [organization]: instance });
