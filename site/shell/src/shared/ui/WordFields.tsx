/** Fields that several forms share: name, slug, title and description. */
import { asProblem } from '@prox/api-client';
import { Field } from './Field';

type NameProps = {
  name: string;
  slug: string;
  onName: (name: string) => void;
  onSlug: (slug: string) => void;
};

/** A name and a slug; `label` and `hint` belong to the slug. */
export function NameFields({
  name,
  slug,
  onName,
  onSlug,
  error,
  ...words
}: NameProps & Omit<SlugProps, 'value' | 'onText'>) {
  return (
    <>
      <Field
        label="Name"
        value={name}
        maxLength={80}
        autoFocus
        error={refused(error, 'name')}
        onChange={(event) => onName(event.target.value)}
      />
      <SlugField {...words} value={slug} error={error} onText={onSlug} />
    </>
  );
}

type SlugProps = {
  label: string;
  hint?: string;
  value: string;
  /** Why the form was refused. */
  error: unknown;
  onText: (slug: string) => void;
};

export function SlugField({ label, hint, value, error, onText }: SlugProps) {
  return (
    <Field
      label={label}
      className="font-mono"
      hint={hint}
      autoCapitalize="none"
      spellCheck={false}
      maxLength={40}
      value={value}
      error={refused(error, 'slug') ?? takenSlug(error)}
      onChange={(event) => onText(event.target.value)}
    />
  );
}

const refused = (error: unknown, path: string) =>
  error ? asProblem(error).field(path) : undefined;

/** The error of a slug that is taken; it is shown below the field. */
export function takenSlug(error: unknown): string | undefined {
  const problem = error ? asProblem(error) : null;
  return problem?.code === 'slug_taken' ? problem.message : undefined;
}

export type Words = { title: string; description: string };

type TitleProps = {
  words: Words;
  error: unknown;
  onWords: (change: Partial<Words>) => void;
  /** Label, placeholder and hint of the description. */
  about?: { label: string; placeholder?: string; hint?: string };
};

export function TitleFields({
  words,
  error,
  onWords,
  about = { label: 'Description', hint: 'One line under the title.' },
}: TitleProps) {
  return (
    <>
      <Field
        label="Title"
        value={words.title}
        maxLength={120}
        autoFocus
        error={refused(error, 'title')}
        onChange={(event) => onWords({ title: event.target.value })}
      />
      <Field
        {...about}
        optional
        value={words.description}
        maxLength={500}
        error={refused(error, 'description')}
        onChange={(event) => onWords({ description: event.target.value })}
      />
    </>
  );
}
