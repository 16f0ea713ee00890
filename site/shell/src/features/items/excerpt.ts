/**
 * The first words of a card's Markdown without its marks, for its tile. The tile is part of the
 * first page, for which a parser is too heavy: the marks are read line by line here, and whatever
 * this does not know stays as it was typed.
 */
import { decodeNamedCharacterReference } from 'decode-named-character-reference';

/** Characters at most, unless a tile has room for more. */
const MAX_LENGTH = 240;

/** What stands for a character that is text although it looks like a mark. */
const HIDDEN = 0xe000;

const hideMarks = (text: string) =>
  text.replace(/[*_~|[\]]/g, (mark) => String.fromCharCode(HIDDEN + mark.charCodeAt(0)));

const showMarks = (text: string) =>
  text.replace(/[\ue02a-\ue07e]/g, (mark) => String.fromCharCode(mark.charCodeAt(0) - HIDDEN));

/** Escapes, code, character references, addresses in angle brackets. */
const TEXT =
  /\\([!-/:-@[-`{-~])|(?<!`)(`+)(?!`)(.*?[^`])\2(?!`)|&(#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});|<((?:https?:\/\/|mailto:)[^<>\s]*|[^<>\s@]+@[^<>\s]+)>/gi;
const LINK = /!?\[([^[\]]*)\](?:\((?:[^()]|\([^()]*\))*\)|\[[^[\]]*\])/g;
const STARS = /(\*{1,3}|~~)(?=\S)([^*~]*[^*~\s])\1/g;
const LOW_LINES = /(?<![\p{L}\p{N}_])(_{1,3})(?=\S)([^_]*(?:_[^_]+)*?[^_\s])\1(?![\p{L}\p{N}_])/gu;

function decode(name: string): string {
  if (!name.startsWith('#')) return decodeNamedCharacterReference(name) || `&${name};`;
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : '\ufffd';
}

function withoutMarks(line: string): string {
  let text = line.replace(TEXT, (_, escaped, _ticks, code, name, address) =>
    hideMarks(escaped ?? code ?? (name && decode(name)) ?? address),
  );
  // From the inside out: an image in a link, emphasis in emphasis.
  for (let depth = 0; depth < 3; depth++) {
    text = text.replace(LINK, '$1').replace(STARS, '$2').replace(LOW_LINES, '$2');
  }
  return text;
}

/** A line of a table with dots between its cells; `null` for the line below its head. */
function row(line: string): string | null {
  if (/^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/.test(line) && line.includes('|')) return null;
  const cells = line
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/);
  return cells
    .map((cell) => cell.trim())
    .filter(Boolean)
    .join(' · ');
}

function plainLine(line: string): string | null {
  // A fence, a rule, the line below a heading, a link's definition.
  if (/^\s{0,3}(?:```|~~~)/.test(line) || /^\s{0,3}(?:=+|([-*_])(?:\s*\1){2,})\s*$/.test(line)) {
    return null;
  }
  if (/^\s{0,3}\[[^\]]+\]:\s*\S/.test(line)) return null;
  let text = line;
  for (let quote = /^\s*>\s?/; quote.test(text); ) text = text.replace(quote, '');
  text = text.replace(/^\s{0,3}#{1,6}\s+(.*?)(?:\s+#+)?\s*$/, '$1');
  const item = /^\s*(?:[-*+]|\d{1,9}[.)])\s+(?:\[([ xX])\](?:\s+|$))?/.exec(text);
  if (item) {
    const mark =
      item[1] === undefined ? (/\d/.test(item[0]) ? '' : '· ') : item[1] === ' ' ? '☐ ' : '☑ ';
    return mark + withoutMarks(text.slice(item[0].length));
  }
  return withoutMarks(text);
}

/** At most `length` characters; what is left out is an ellipsis after a whole word. */
function shorten(text: string, length: number, isWhole: boolean): string {
  if (isWhole && text.length <= length) return text;
  const start = text.slice(0, length - 1);
  const words = start.replace(/\s+\S*$/, '');
  // Half of a pair of surrogates is no character.
  return `${(words || start).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Lines stay lines; a first heading that repeats the title is left out. */
export function excerpt(markdown: string, title = '', length = MAX_LENGTH): string {
  const start = markdown.slice(0, length * 4);
  const source = start.split(/\r\n?|\n/);
  const inTable = (index: number) =>
    // A table is known by the line below its head.
    row(source[index] ?? '') === null || row(source[index + 1] ?? '') === null;
  let table = false;
  const lines = source
    .map((line, index) => {
      table = line.trim() !== '' && line.includes('|') && (table || inTable(index));
      return table ? row(line) : line;
    })
    .map((line) => (line === null ? null : plainLine(line)))
    .map((line) => showMarks(line ?? '').trim())
    .filter(Boolean);
  if (lines[0] === title.trim()) lines.shift();
  return shorten(lines.join('\n'), length, start === markdown);
}
