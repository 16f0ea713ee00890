/** What windows show, apart from their ids, which belong to other parts of the shell. */
export type Subject = { app: string } | { link: string } | { space: string; item: string };

export type WindowIds = {
  subjectOf: (window: string) => Subject | null;
  /** Null when there is no such app. */
  idOf: (subject: Subject) => string | null;
};
