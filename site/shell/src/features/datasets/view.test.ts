import { expect, it } from 'vitest';
import { conditionText, conditionWords, operatorsFor, shownText, viewNamed } from './view';

it('an address names a dataset, an import, or the list', () => {
  const id = '01h455vb4pex5vsknk084sn02q';
  expect(viewNamed(`dset_${id}`)).toEqual({ part: 'dataset', id: `dset_${id}` });
  expect(viewNamed(`imp_${id}`)).toEqual({ part: 'import', id: `imp_${id}` });
  for (const other of ['', 'dset_', `spc_${id}`, `dset_${id}/..`])
    expect(viewNamed(other)).toEqual({ part: 'list' });
});

it('names and values of conditions are quoted', () => {
  const condition = { column: 'a "b"', operator: '>=', value: '3' } as const;
  expect(conditionText(condition)).toBe('"a ""b""">="3"');
  expect(conditionWords(condition)).toBe('a "b" is at least 3');
  expect(conditionText({ ...condition, operator: 'empty' })).toBe('"a ""b"""=');
  expect(conditionText({ ...condition, operator: 'filled' })).toBe('"a ""b"""!=');
});

it('times are before and after, numbers less and greater', () => {
  const words = (type: 'date' | 'number' | 'boolean') =>
    operatorsFor(type).map(({ label }) => label);
  expect(words('date')).toContain('is before');
  expect(words('number')).toContain('is less than');
  expect(words('boolean')).toEqual(['is', 'is empty', 'is not empty']);
});

it('a value is shown by its format, and never rounded by accident', () => {
  const of = (type: 'numeric' | 'number' | 'text', format = {}) => ({ type, format });
  expect(shownText(null, of('number'))).toBe('');
  expect(shownText('12345678901234567890.50', of('numeric'))).toBe('12345678901234567890.50');
  const grouped = shownText('12345678901234567890.50', of('numeric', { grouping: true }));
  expect(grouped.replaceAll(/[^\d]/g, '')).toMatch(/^123456789012345678905/);
  expect(shownText(1234.5, of('number', { decimals: 2, unit: 'kg' }))).toMatch(/^1234[.,]50 kg$/);
  expect(shownText('1e400', of('number', { grouping: true }))).toBe('1e400');
  expect(shownText('007', of('text', { grouping: true }))).toBe('007');
});
