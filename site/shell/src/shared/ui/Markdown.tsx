/**
 * Markdown as React elements, from marked's tokens. No HTML of the text is ever
 * interpreted, so there is nothing to sanitize. Import it from lazily loaded views only.
 */
import { lexer, type MarkedToken, type Token, type Tokens, walkTokens } from 'marked';
import { createElement, Fragment, type ReactNode } from 'react';
import { webUrl } from '@/shared/lib/url';
import { Scroll } from './Scroll';

/** marked leaves entities in place; as text, five of them matter. */
const plain = (text: string) =>
  text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');

const many = (tokens: readonly Token[] | undefined): ReactNode[] =>
  (tokens ?? []).map((token, index) => (
    // A text is rendered as a whole; its parts have no identity of their own.
    // biome-ignore lint/suspicious/noArrayIndexKey: see above
    <Fragment key={index}>{one(token as MarkedToken)}</Fragment>
  ));

function Link({ href, children }: { href: string; children: ReactNode }) {
  const url = webUrl(href);
  if (!url) return children;
  return (
    <a href={url.href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

function Table({ header, rows }: Tokens.Table) {
  return (
    <table>
      <thead>
        <tr>
          {header.map((cell, column) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have the same name
            <th key={column} scope="col">
              {many(cell.tokens)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two rows may say the same
          <tr key={index}>
            {row.map((cell, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <td key={column}>{many(cell.tokens)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Item({ item }: { item: Tokens.ListItem }) {
  return (
    <li>
      {item.task && (
        <input type="checkbox" checked={item.checked ?? false} disabled aria-label="Done" />
      )}{' '}
      {many(item.tokens)}
    </li>
  );
}

function one(token: MarkedToken): ReactNode {
  switch (token.type) {
    case 'heading':
      return createElement(`h${Math.min(6, token.depth)}`, {}, many(token.tokens));
    case 'paragraph':
      return <p>{many(token.tokens)}</p>;
    case 'text':
      return token.tokens ? many(token.tokens) : plain(token.text);
    case 'escape':
      return plain(token.text);
    case 'strong':
      return <strong>{many(token.tokens)}</strong>;
    case 'em':
      return <em>{many(token.tokens)}</em>;
    case 'del':
      return <del>{many(token.tokens)}</del>;
    case 'codespan':
      return <code>{plain(token.text)}</code>;
    case 'code':
      return (
        <Scroll label="Code">
          <pre>
            <code>{token.text}</code>
          </pre>
        </Scroll>
      );
    case 'link':
      return <Link href={token.href}>{many(token.tokens)}</Link>;
    case 'image':
      return <Link href={token.href}>{token.text || token.href}</Link>;
    case 'list':
      return createElement(
        token.ordered ? 'ol' : 'ul',
        typeof token.start === 'number' ? { start: token.start } : {},
        token.items.map((item) => <Item key={item.raw} item={item} />),
      );
    case 'blockquote':
      return <blockquote>{many(token.tokens)}</blockquote>;
    case 'table':
      return <Table {...token} />;
    case 'hr':
      return <hr />;
    case 'br':
      return <br />;
    case 'html':
      // Shown as it was written.
      return token.block ? <p>{token.text}</p> : token.text;
    default:
      return null;
  }
}

/**
 * The tokens of a text whose first heading, which authors begin with as they like, is a
 * third-level one, and none stands above it: the window's title is the level above.
 */
export function tokensOf(text: string): Token[] {
  const tokens = lexer(text, { gfm: true, breaks: false });
  let first: number | undefined;
  walkTokens(tokens, (token) => {
    if (token.type !== 'heading') return;
    first ??= token.depth as number;
    token.depth = 3 + Math.max(0, token.depth - first);
  });
  return tokens;
}

export function Markdown({ text }: { text: string }) {
  return <div className="prose">{many(tokensOf(text))}</div>;
}
