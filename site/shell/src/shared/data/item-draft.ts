/** What a form that edits an item keeps of what was typed, and how its fields are called. */

export type ItemFields = {
  title: string;
  description: string;
  url: string;
  body: string;
  icon: string;
  color: string;
  mode: string;
  visibility: string;
};

export const draftKey = (item: string) => `edit-item:${item}`;

export const LABELS: Record<keyof ItemFields, string> = {
  title: 'Title',
  description: 'Description',
  url: 'Address',
  body: 'Text',
  icon: 'Icon',
  color: 'Colour',
  mode: 'Opens in',
  visibility: 'Who sees it',
};
