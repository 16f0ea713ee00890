/** The first run: name the home, add three items, publish it. Each step can be skipped. */

import type { Me, Organization, Space } from '@prox/api-client';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTitle } from '@/shared/lib/hooks';
import { announce } from '@/shared/ui/announce';
import { Mark } from '@/shared/ui/Mark';
import { AddThings } from './AddThings';
import { NameHome } from './NameHome';
import { Show } from './Show';

const STEPS = ['Name it', 'Fill it', 'Show it'] as const;

/** The names of the second and third step in the address. */
const NAMES = ['fill', 'show'] as const;

/** The current step, from the address and from what is saved, so that a reload resumes. */
const stepOf = (name: string | undefined, home: Space | null): number => {
  if (!home) return 0;
  return name === 'show' ? 2 : 1;
};

type Props = {
  me: Me;
  organization: Organization;
  /** The home, once it is made. */
  home: Space | null;
  /** What the address says. */
  step: string | undefined;
  onStep: (step: (typeof NAMES)[number]) => void;
  onDone: () => void;
};

export default function Welcome({ me, organization, home, step: name, onStep, onDone }: Props) {
  useTitle('Welcome');
  const step = stepOf(name, home);
  const first = useRef(true);
  const page = useRef<HTMLElement>(null);

  // Each step is a new page to a screen reader, and its first field the place to go on.
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    announce(`Step ${step + 1} of ${STEPS.length}: ${STEPS[step]}`);
    page.current?.querySelector<HTMLElement>('form input')?.focus();
  }, [step]);

  const frame = (title: string, words: string, children: ReactNode) => (
    <>
      <h1 className="text-2xl sm:text-3xl">{title}</h1>
      <p className="mt-2 mb-8 max-w-[52ch] text-lg text-muted">{words}</p>
      {children}
    </>
  );

  return (
    <main ref={page} className="h-full overflow-y-auto">
      <div className="mx-auto flex min-h-full max-w-[640px] flex-col px-6 py-8 sm:py-[9vh]">
        <div className="mb-10 flex items-center justify-between">
          <Mark size={32} />
          <ol className="flex gap-4 text-sm text-muted">
            {STEPS.map((name, index) => (
              <li
                key={name}
                aria-current={index === step ? 'step' : undefined}
                className="flex items-center gap-2 aria-[current]:text-text"
              >
                <span
                  aria-hidden="true"
                  className={`size-2 rounded-full ${index <= step ? 'bg-accent' : 'shadow-[inset_0_0_0_1px_var(--line-strong)]'}`}
                />
                <span className="max-sm:sr-only">{name}</span>
              </li>
            ))}
          </ol>
        </div>
        {step === 0 &&
          frame(
            'Make your home',
            'One page for the apps, links and notes you already have. Only you see it until you say otherwise.',
            <NameHome me={me} organization={organization} />,
          )}
        {step === 1 &&
          home &&
          frame(
            'Add three things',
            'Paste the addresses you open every day. Each is checked, so you know how it will open.',
            <AddThings space={home} onNext={() => onStep('show')} />,
          )}
        {step === 2 &&
          home &&
          frame(
            'Show it to somebody',
            'A fast page at your own address, without any of this around it. You can change who sees it at any time.',
            <Show organization={organization} space={home} onDone={onDone} />,
          )}
      </div>
    </main>
  );
}
