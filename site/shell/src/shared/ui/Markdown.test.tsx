import { readFileSync } from 'node:fs';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { Markdown } from './Markdown';

type Case = { markdown: string; html: string };

/** What the public page writes for each input; a test of `prox-pages` keeps it true. */
const cases: Case[] = JSON.parse(
  readFileSync(
    process.env.MARKDOWN_CASES ??
      new URL('../../../../../crates/platform/pages/fixtures/markdown.json', import.meta.url),
    'utf8',
  ),
);

const BLOCK = '/?(?:p|h[3-6]|blockquote|ul|ol|li|table|thead|tbody|tr|th|td|hr|pre)(?: [^>]*)?/?';
const AROUND_BLOCKS = new RegExp(`\\s*(<${BLOCK}>)\\s*`, 'g');

/**
 * HTML without what the two renderers may write differently: attributes that are no content, the
 * box around a table, references for characters that need none, and line breaks around blocks.
 */
function content(html: string): string {
  return html
    .replace(/<\/?(?:div|section)[^>]*>/g, '')
    .replace(
      / (?:rel|target|class|tabindex|loading|decoding|referrerPolicy|referrerpolicy)="[^"]*"/g,
      '',
    )
    .replace(/<(br|hr|img[^>]*?) ?\/>/g, '<$1>')
    .replace(/&quot;/g, '"')
    .replace(/&#x27;/g, "'")
    .replace(/<br>\n/g, '<br>')
    .split(/(<pre>.*?<\/pre>)/s)
    .map((part, index) =>
      index % 2
        ? part
        : part
            .replace(/\s*\n\s*/g, '\n')
            .replace(AROUND_BLOCKS, '$1')
            .trim(),
    )
    .join('')
    .replace(/\s*(<\/?pre>)\s*/g, '$1');
}

const render = (text: string) => renderToStaticMarkup(<Markdown text={text} />);

describe('the same content as on the public page', () => {
  it('compares at least 400 inputs', () => {
    expect(new Set(cases.map((one) => one.markdown)).size).toBeGreaterThanOrEqual(400);
  });

  it.each(cases)('$markdown', ({ markdown, html }) => {
    expect(content(render(markdown))).toBe(content(html));
  });
});
