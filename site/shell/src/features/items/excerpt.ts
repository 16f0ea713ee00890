/** The first words of a markdown text, without its marks, for a note's tile. */
const MOST = 240;

/** Lines stay lines; a first heading that repeats the title is left out. */
export function excerpt(markdown: string, title = ''): string {
  const lines = markdown
    .slice(0, MOST * 4)
    .replace(/^```.*$/gm, '')
    .replace(/!\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replace(/^\s{0,3}(?:#{1,6}|>|\d+\.)\s+/gm, '')
    .replace(/^\s{0,3}[-*+]\s+/gm, '· ')
    .replace(/[*_`~]{1,3}([^*_`~\n]+)[*_`~]{1,3}/g, '$1')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  if (lines[0] === title.trim()) lines.shift();
  return lines.join('\n').slice(0, MOST);
}
