/**
 * The slug that the server makes of a name: `crates/platform/core/src/slug.rs` is the rule, and
 * `slug_vectors.json` beside it holds what both sides must answer.
 */

const MAX_NAME = 200;
const MAX_SLUG = 40;

/** Latin letters for lower-case letters that have no decomposition. */
const ROMANIZED: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ŋ: 'ng',
  ŧ: 't',
  ə: 'e',
  а: 'a',
  б: 'b',
  в: 'v',
  г: 'g',
  ґ: 'g',
  д: 'd',
  е: 'e',
  э: 'e',
  ж: 'zh',
  з: 'z',
  и: 'i',
  і: 'i',
  к: 'k',
  л: 'l',
  м: 'm',
  н: 'n',
  о: 'o',
  п: 'p',
  р: 'r',
  с: 's',
  т: 't',
  у: 'u',
  ф: 'f',
  х: 'kh',
  ц: 'ts',
  ч: 'ch',
  ш: 'sh',
  щ: 'shch',
  ъ: '',
  ь: '',
  ы: 'y',
  ю: 'iu',
  я: 'ia',
  є: 'ie',
  ј: 'j',
  љ: 'lj',
  њ: 'nj',
  ћ: 'c',
  ђ: 'dj',
  џ: 'dz',
  α: 'a',
  β: 'v',
  γ: 'g',
  δ: 'd',
  ε: 'e',
  ζ: 'z',
  η: 'i',
  ι: 'i',
  θ: 'th',
  κ: 'k',
  λ: 'l',
  μ: 'm',
  ν: 'n',
  ξ: 'x',
  ο: 'o',
  ω: 'o',
  π: 'p',
  ρ: 'r',
  σ: 's',
  ς: 's',
  τ: 't',
  υ: 'y',
  φ: 'f',
  χ: 'ch',
  ψ: 'ps',
};

/** Apostrophes and loose accents, which leave no hyphen. */
const SKIPPED = /['`’ʼ]|[\u0300-\u036f]/u;

/** Null when nothing of the name can be written in Latin letters or digits. */
export function slugOf(name: string): string | null {
  const plain = [...name].slice(0, MAX_NAME).join('').normalize('NFKD');
  let words = '';
  // One character at a time, as on the server: the lower case of a sigma depends on its word.
  for (const letter of [...plain].flatMap((one) => [...one.toLowerCase()])) {
    if (/[a-z0-9]/.test(letter)) words += letter;
    else if (SKIPPED.test(letter)) continue;
    else if (ROMANIZED[letter] !== undefined) words += ROMANIZED[letter];
    else if (words !== '' && !words.endsWith('-')) words += '-';
  }
  const cut = words.slice(0, MAX_SLUG).replace(/-+$/, '');
  return cut === '' || cut.startsWith('-') || cut.includes('--') ? null : cut;
}
