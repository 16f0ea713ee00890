/** Fuzzy search in short texts, on microfuzz. Import it from lazily loaded views only. */
import microfuzz from '@nozbe/microfuzz';

export type { HighlightRanges } from '@nozbe/microfuzz';

type Microfuzz = typeof microfuzz;

/** The package is CommonJS, of which some loaders give the default export and some all exports. */
export const { default: createFuzzySearch = microfuzz } = microfuzz as Microfuzz & {
  default?: Microfuzz;
};
