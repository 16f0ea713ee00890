/** The text around a hit. */
import type { SearchResult } from '@prox/api-client';

type Segments = SearchResult['snippet'];

/** What is between two values, what names a value, then what only JSON needs. */
const JSON_BETWEEN = /,(?=")/g;
const JSON_NAME = /"[\w.-]+"\s*:\s*/g;
const JSON_MARKS = /[{}[\]"]/g;

/** The snippet of an event is a part of its payload as JSON: of that, the values without the marks. */
export const valuesOf = (snippet: Segments): Segments =>
  snippet.map(({ text, hit }) => ({
    text: text.replace(JSON_BETWEEN, ', ').replace(JSON_NAME, '').replace(JSON_MARKS, ''),
    hit,
  }));
