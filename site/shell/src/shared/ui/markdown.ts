/**
 * Markdown as a small tree of elements, by the rules that `crates/platform/pages/src/markdown.rs`
 * lists. HTML of the text is never interpreted, so there is nothing to sanitize. Never import this
 * file from the first page's code: the parser is loaded when a card is opened.
 */
import type { ListItem, Nodes, PhrasingContent, Root, RootContent, Table } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { attention } from 'micromark-core-commonmark';
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough';
import { gfmTable } from 'micromark-extension-gfm-table';
import { findBare, imageUrl, isLinkable } from './markdown-address';

/** How deep quotes, lists and emphasis nest, counted together; deeper ones lose their marks. */
const MAX_DEPTH = 12;

/**
 * How many marks of quotes and list entries may begin one line. Parsers take a time that grows
 * faster than this number.
 */
const MAX_LINE_MARKS = 32;

/**
 * The maximum number of runs of `*`, `_` and `~` in a paragraph, heading or table cell that has
 * emphasis. The time of the parser grows with the square of this number.
 */
const MAX_EMPHASIS_RUNS = 1_000;

export type Tag =
  | 'p'
  | 'h3'
  | 'h4'
  | 'h5'
  | 'h6'
  | 'blockquote'
  | 'ul'
  | 'ol'
  | 'li'
  | 'pre'
  | 'code'
  | 'hr'
  | 'br'
  | 'em'
  | 'strong'
  | 'del'
  | 'a'
  | 'img'
  | 'task'
  | 'table'
  | 'thead'
  | 'tbody'
  | 'tr'
  | 'th'
  | 'td';

export type Attributes = {
  href?: string;
  src?: string;
  alt?: string;
  start?: number;
  done?: boolean;
};

export type Element = { tag: Tag; attributes: Attributes; children: Tree };

export type Tree = (Element | string)[];

/** The first heading is a third-level one: the window's title is the level above. */
export function parseMarkdown(text: string): Tree {
  const source = text.replace(/\r\n?/g, '\n').split('\n').map(limitLineMarks).join('\n');
  const root = parse(source, crowdedBlocks(source));
  return new Renderer(source, definitionsOf(root)).render(root.children, {
    depth: 0,
    link: false,
    phrasing: false,
  });
}

/** A part of the source, by offsets. */
type Range = readonly [start: number, end: number];

const strikethrough = gfmStrikethrough({ singleTilde: false });

/** Parses the source; in these parts of it, marks of emphasis are text. */
function parse(source: string, plain: readonly Range[]): Root {
  const emphasis = plain.length > 0 ? emphasisOutside(plain) : strikethrough;
  return fromMarkdown(source, {
    extensions: [gfmTable(), emphasis],
    mdastExtensions: [gfmTableFromMarkdown(), gfmStrikethroughFromMarkdown()],
  });
}

/** The blocks with too many runs of marks, found by a parse without emphasis. */
function crowdedBlocks(source: string): Range[] {
  if (countRuns(source) <= MAX_EMPHASIS_RUNS) return [];
  const crowded: Range[] = [];
  const open: Nodes[] = [parse(source, [[0, source.length]])];
  for (let node = open.pop(); node; node = open.pop()) {
    const { type } = node;
    if (type === 'paragraph' || type === 'heading' || type === 'tableCell') {
      const start = node.position?.start.offset ?? 0;
      const end = node.position?.end.offset ?? 0;
      if (countRuns(source.slice(start, end)) > MAX_EMPHASIS_RUNS) crowded.push([start, end]);
    } else if ('children' in node) open.push(...node.children);
  }
  return crowded;
}

/** The number of runs of `*`, `_` and `~` in a text. */
const countRuns = (text: string): number => text.match(/\*+|_+|~+/g)?.length ?? 0;

type Construct = typeof attention;

/** The parser's emphasis and strikethrough, except in the parts where marks are text. */
function emphasisOutside(plain: readonly Range[]): typeof strikethrough {
  const outside = (construct: Construct): Construct => ({
    ...construct,
    // Another name, because the parser's own construct is turned off by its name.
    name: `${construct.name}Outside`,
    tokenize(effects, ok, nok) {
      const { offset } = this.now();
      return plain.some(([start, end]) => start <= offset && offset < end)
        ? nok
        : construct.tokenize.call(this, effects, ok, nok);
    },
  });
  const [star, underscore, tilde] = [42, 95, 126] as const;
  const emphasis = outside(attention);
  const strike = strikethrough.text?.[tilde] as Construct;
  return {
    ...strikethrough,
    disable: { null: [attention.name ?? ''] },
    text: { [star]: emphasis, [underscore]: emphasis, [tilde]: outside(strike) },
  };
}

const LINE_MARK = /[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))/y;

function limitLineMarks(line: string): string {
  let from = 0;
  let end = 0;
  let count = 0;
  LINE_MARK.lastIndex = 0;
  while (LINE_MARK.test(line)) {
    end = LINE_MARK.lastIndex;
    count += 1;
    if (count === MAX_LINE_MARKS) from = end;
  }
  return count > MAX_LINE_MARKS ? `${line.slice(0, from)} ${line.slice(end)}` : line;
}

type Definition = Extract<Nodes, { type: 'definition' }>;

/** Where references lead; the first definition of a name counts. */
function definitionsOf(root: Nodes): Map<string, Definition> {
  const found: Definition[] = [];
  // A stack of its own: texts may nest deeper than functions can.
  const open: Nodes[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.type === 'definition') found.push(node);
    if ('children' in node) open.push(...node.children);
  }
  // The stack met them last to first, and the last entry of a name stays in a map.
  return new Map(found.map((node) => [node.identifier, node]));
}

type Context = {
  /** Open quotes, lists and marks of emphasis. */
  depth: number;
  /** Links do not nest. */
  link: boolean;
  /** Whether text may stand here without a paragraph around it. */
  phrasing: boolean;
};

/** The text of a list entry: `inline` when its paragraphs have no element of their own. */
type EntryText = {
  type: 'paragraph' | 'inline';
  children: PhrasingContent[];
  /** Whether the task is done; undefined when the entry is not a task. */
  done?: boolean | undefined;
};

type Child = RootContent | EntryText;

class Renderer {
  /** The level of the first heading. */
  private top: number | undefined;

  constructor(
    private readonly source: string,
    private readonly definitions: Map<string, Definition>,
  ) {}

  /** Renders children in order. What is nested too deep is replaced by what it contains. */
  render(children: readonly Child[], context: Context): Tree {
    const out: Tree = [];
    const rest: (Child | string)[] = [...children].reverse();
    for (let child = rest.pop(); child !== undefined; child = rest.pop()) {
      if (typeof child === 'string') out.push(child);
      else if (context.depth >= MAX_DEPTH && isNested(child))
        rest.push(...this.flatten(child).reverse());
      else out.push(...this.one(child, context));
    }
    return out;
  }

  private one(node: Child, context: Context): Tree {
    const phrasing = { ...context, phrasing: true };
    const deeper = { ...context, depth: context.depth + 1 };
    switch (node.type) {
      case 'paragraph':
      case 'inline': {
        const box = 'done' in node ? task(node.done) : [];
        const text = [...box, ...this.render(node.children, phrasing)];
        return node.type === 'paragraph' ? [element('p', text)] : text;
      }
      case 'heading': {
        this.top ??= node.depth;
        const level = Math.min(6, 3 + Math.max(0, node.depth - this.top));
        return [element(`h${level}` as Tag, this.render(node.children, phrasing))];
      }
      case 'thematicBreak':
        return [element('hr')];
      case 'blockquote':
        return [element('blockquote', this.render(node.children, deeper))];
      case 'list': {
        const loose = isLoose(node);
        const items = node.children.map((item) =>
          element('li', this.render(this.entry(item, loose), deeper)),
        );
        return node.ordered
          ? [element('ol', items, node.start === 1 ? {} : { start: node.start ?? 1 })]
          : [element('ul', items)];
      }
      case 'code':
        return [element('pre', [element('code', [node.value.replace(/[ \t\n]+$/, '')])])];
      case 'html':
        return context.phrasing ? [node.value] : [element('p', [node.value])];
      case 'text':
        return context.link ? [node.value] : linked(node.value);
      case 'emphasis':
        return [element('em', this.render(node.children, deeper))];
      case 'strong':
        return [element('strong', this.render(node.children, deeper))];
      case 'delete':
        return [element('del', this.render(node.children, deeper))];
      case 'inlineCode':
        return [element('code', [node.value.replaceAll('\n', ' ')])];
      case 'break':
        return [element('br')];
      case 'link':
        return this.link(node.url, node.children, context);
      case 'linkReference': {
        const url = this.definitions.get(node.identifier)?.url ?? '';
        return this.link(url, node.children, context);
      }
      case 'image':
        return image(node.url, node.alt);
      case 'imageReference':
        return image(this.definitions.get(node.identifier)?.url ?? '', node.alt);
      case 'table':
        return [this.table(node, context)];
      default:
        return [];
    }
  }

  /** The content of a mark without the mark; a line break keeps the words of blocks apart. */
  private flatten(node: Nested): (Child | string)[] {
    if (node.type === 'blockquote') return [...node.children, '\n'];
    if (node.type !== 'list') return node.children;
    const loose = isLoose(node);
    return [...node.children.flatMap((item) => [...this.entry(item, loose), '\n']), '\n'];
  }

  /** The content of a list entry, which is a task when its first text begins with a box. */
  private entry(item: ListItem, loose: boolean): Child[] {
    return item.children.map((child, index) => {
      if (child.type !== 'paragraph') return child;
      const { done, children } =
        index === 0 ? this.takeBox(child.children) : { done: undefined, children: child.children };
      return { type: loose ? 'paragraph' : 'inline', done, children };
    });
  }

  private takeBox(children: PhrasingContent[]): {
    done: boolean | undefined;
    children: PhrasingContent[];
  } {
    const [first, ...rest] = children;
    const box = first?.type === 'text' ? /^\[([ xX])\](?:[ \t]+|(?=\n|$))/.exec(first.value) : null;
    // `\[ ]` is a text that looks like a box.
    const escaped = this.source[first?.position?.start.offset ?? 0] !== '[';
    if (first?.type !== 'text' || !box || escaped) return { done: undefined, children };
    const text = { ...first, value: first.value.slice(box[0].length) };
    return { done: box[1] !== ' ', children: [text, ...rest] };
  }

  private link(href: string, children: PhrasingContent[], context: Context): Tree {
    if (context.link || !isLinkable(href)) return this.render(children, context);
    return [element('a', this.render(children, { ...context, link: true }), { href })];
  }

  private table({ children: [head, ...rows] }: Table, context: Context): Element {
    const phrasing = { ...context, phrasing: true };
    const columns = head?.children ?? [];
    // Every row has as many cells as the first.
    const row = (tag: 'th' | 'td', cells: Table['children'][number] | undefined) =>
      element(
        'tr',
        columns.map((_, index) =>
          element(tag, this.render(cells?.children[index]?.children ?? [], phrasing)),
        ),
      );
    return element('table', [
      element('thead', [row('th', head)]),
      element(
        'tbody',
        rows.map((cells) => row('td', cells)),
      ),
    ]);
  }
}

const element = (tag: Tag, children: Tree = [], attributes: Attributes = {}): Element => ({
  tag,
  attributes,
  children,
});

type Nested = Extract<Child, { type: 'blockquote' | 'list' | 'emphasis' | 'strong' | 'delete' }>;

const isNested = (node: Child): node is Nested =>
  ['blockquote', 'list', 'emphasis', 'strong', 'delete'].includes(node.type);

type List = Extract<Child, { type: 'list' }>;

/**
 * Whether the entries of a list are paragraphs: when an empty line lies between two entries, or
 * between two blocks of one. The parser's own `spread` also counts empty lines behind a list that
 * stands in a quote.
 */
function isLoose(list: List): boolean {
  const hasGap = (blocks: readonly Nodes[]) =>
    blocks.some((block, index) => {
      const before = blocks[index - 1];
      return !!before && (block.position?.start.line ?? 0) - lastLine(before) > 1;
    });
  return hasGap(list.children) || list.children.some((item) => hasGap(item.children));
}

/** The line where the content of a block ends. */
function lastLine(block: Nodes): number {
  let node = block;
  for (;;) {
    const last =
      node.type === 'list' || node.type === 'listItem' ? node.children.at(-1) : undefined;
    if (!last) return node.position?.end.line ?? 0;
    node = last;
  }
}

const task = (done: boolean | undefined): Tree =>
  done === undefined ? [] : [element('task', [], { done }), ' '];

function image(url: string, alt: string | null | undefined): Tree {
  const text = (alt ?? '').replaceAll('\n', ' ');
  const src = imageUrl(url);
  return src ? [element('img', [], { src, alt: text })] : [text];
}

/** Text with its bare web addresses as links. */
function linked(text: string): Tree {
  const out: Tree = [];
  let rest = text;
  for (let found = findBare(rest); found; found = findBare(rest)) {
    const { before, url, after } = found;
    out.push(before, element('a', [url], { href: url }));
    rest = after;
  }
  return [...out, rest];
}
