/** Lists what a person typed into a form for a record that was deleted, with copy buttons. */
import { CopyButton } from './CopyButton';
import { DialogBody } from './Dialog';

type Props = { texts: Record<string, string>; labels: Record<string, string> };

const shownOf = ({ texts, labels }: Props) =>
  Object.entries(texts).filter(([field, text]) => labels[field] && text.trim());

/** In a dialog. */
export function Typed(props: Props) {
  if (shownOf(props).length === 0) return null;
  return (
    <DialogBody>
      <p className="mb-2 font-medium">What you typed</p>
      <TypedTexts {...props} />
    </DialogBody>
  );
}

/** The list alone. */
export function TypedTexts(props: Props) {
  const { labels } = props;
  return (
    <dl className="flex flex-col gap-2">
      {shownOf(props).map(([field, text]) => (
        <div key={field} className="rounded-control bg-sunken py-2 pr-1 pl-3">
          <dt className="flex items-center justify-between text-sm text-muted">
            {labels[field]}
            <CopyButton text={text} what={labels[field] ?? field} />
          </dt>
          <dd dir="auto" className="pr-2 whitespace-pre-line [overflow-wrap:anywhere]">
            {text}
          </dd>
        </div>
      ))}
    </dl>
  );
}
