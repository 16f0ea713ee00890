/** A card's Markdown on the desktop. Import it from lazily loaded views only. */
import { createElement, Fragment, type ReactNode, useMemo } from 'react';
import { type Element, parseMarkdown, type Tree } from './markdown';

const many = (tree: Tree): ReactNode[] =>
  tree.map((node, index) => (
    // A text is rendered as a whole; its parts have no identity of their own.
    // biome-ignore lint/suspicious/noArrayIndexKey: see above
    <Fragment key={index}>{typeof node === 'string' ? node : one(node)}</Fragment>
  ));

function one({ tag, attributes, children }: Element): ReactNode {
  switch (tag) {
    case 'a':
      // Mail opens in the reader's mail program, which is not a page.
      return /^mailto:/i.test(attributes.href ?? '') ? (
        <a href={attributes.href}>{many(children)}</a>
      ) : (
        <a href={attributes.href} target="_blank" rel="noopener noreferrer nofollow">
          {many(children)}
        </a>
      );
    case 'img':
      return (
        <img
          src={attributes.src}
          alt={attributes.alt}
          loading="lazy"
          decoding="async"
          referrerPolicy="no-referrer"
        />
      );
    case 'task':
      return <span className="task">{attributes.done ? '☑' : '☐'}</span>;
    case 'table':
      return (
        // Arrow keys reach what is wider than the window. Not a region: a card may have many tables.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
        <div role="group" aria-label="Table" tabIndex={0} className="overflow-auto">
          <table>{many(children)}</table>
        </div>
      );
    case 'pre':
      // It scrolls by itself, so it has to take the focus (WCAG 2.1.1).
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      return <pre tabIndex={0}>{many(children)}</pre>;
    case 'hr':
    case 'br':
      return createElement(tag);
    default:
      return createElement(tag, attributes, ...many(children));
  }
}

export function Markdown({ text }: { text: string }) {
  const tree = useMemo(() => parseMarkdown(text), [text]);
  return (
    <div className="prose" dir="auto">
      {many(tree)}
    </div>
  );
}
