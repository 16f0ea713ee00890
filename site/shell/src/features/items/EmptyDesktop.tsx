/** A desktop without items: the first three things to do. */
import { ArrowRight, FileText, Link2, Palette } from 'lucide-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { guessUrl } from '@/shared/lib/url';
import { openDialog } from '@/system/dialogs';

export default function EmptyDesktop() {
  return (
    <section aria-labelledby="first-things">
      <h2 id="first-things" className="text-xl">
        Nothing is here yet
      </h2>
      <p className="mt-1 text-muted">
        Begin with one of these. Or paste an address anywhere, or drag a link here.
      </p>
      <ul className="mt-5 grid gap-3 md:grid-cols-3">
        <li className="first-thing">
          <FirstAddress />
        </li>
        <li className="first-thing">
          <Begin
            icon={<FileText size={20} strokeWidth={1.75} aria-hidden="true" />}
            title="Write a card"
            words="A note, a list, a few lines about you. Markdown works."
            action="Write"
            onClick={() => openDialog('add-item', { kind: 'card' })}
          />
        </li>
        <li className="first-thing">
          <Begin
            icon={<Palette size={20} strokeWidth={1.75} aria-hidden="true" />}
            title="Make it yours"
            words="A cover and an accent, here and on the public page."
            action="Choose"
            onClick={() => openDialog('space-look')}
          />
        </li>
      </ul>
    </section>
  );
}

const Words = ({ icon, title, words }: { icon: ReactNode; title: string; words: string }) => (
  <>
    <span className="grid size-10 place-items-center rounded-icon bg-accent-soft text-accent">
      {icon}
    </span>
    <h3 className="mt-4 text-lg">{title}</h3>
    <p className="mt-0.5 mb-4 text-muted">{words}</p>
  </>
);

function FirstAddress() {
  const [text, setText] = useState('');
  const [refused, setRefused] = useState(false);
  const url = guessUrl(text);
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (!url) return setRefused(true);
    openDialog('add-item', { url });
  };
  return (
    <form noValidate onSubmit={add} className="flex h-full flex-col">
      <Words
        icon={<Link2 size={20} strokeWidth={1.75} aria-hidden="true" />}
        title="Add an address"
        words="An app or a page that you open every day."
      />
      <div className="mt-auto flex gap-2">
        <input
          className="field"
          aria-label="An address"
          aria-invalid={refused && !url ? true : undefined}
          aria-describedby={refused && !url ? 'first-address-error' : undefined}
          placeholder="github.com/you"
          inputMode="url"
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="button button-primary button-icon" aria-label="Add it">
          <ArrowRight size={18} aria-hidden="true" />
        </button>
      </div>
      {refused && !url && (
        <p id="first-address-error" role="alert" className="mt-1.5 text-sm text-danger">
          Type a web address, like example.com.
        </p>
      )}
    </form>
  );
}

type BeginProps = {
  icon: ReactNode;
  title: string;
  words: string;
  action: string;
  onClick: () => void;
};

const Begin = ({ icon, title, words, action, onClick }: BeginProps) => (
  <div className="flex h-full flex-col items-start">
    <Words icon={icon} title={title} words={words} />
    <button
      type="button"
      className="button button-secondary mt-auto"
      aria-label={`${action}: ${title}`}
      onClick={onClick}
    >
      {action}
    </button>
  </div>
);
