import { expect, it } from 'vitest';
import { readPage } from './data';

const page = (payload: string, source = 'api') =>
  readPage(
    `{"items":[{"id":"evt_1","instance_id":null,"type":"x","source":"${source}","external_id":null,` +
      `"payload":${payload},"created_at":"2026-11-30T09:00:00.000Z"}],"next_cursor":null}`,
  );

it.each([
  '8202522731445525542',
  '123456789012345678901234567890',
  '0.1000000000000000055511151231257827',
  '1e400',
  '-1E-400',
  '1.0',
  '1.10',
  '-0',
  '0',
])('the number %s is shown as it was sent', (number) => {
  const [event] = page(`{"n":${number},"list":[${number}]}`).items;
  expect(event?.payload).toBe(`{\n  "n": ${number},\n  "list": [\n    ${number}\n  ]\n}`);
});

it.each([
  ['{}', '{}'],
  ['{"a":"caf\\u00e9 \\ud83d\\ude00 \\"1e400\\""}', '{\n  "a": "café 😀 \\"1e400\\""\n}'],
  ['{"a":1,"a":2.0}', '{\n  "a": 2.0\n}'],
  [
    '{"__proto__":{"b":1},"toString":null}',
    '{\n  "__proto__": {\n    "b": 1\n  },\n  "toString": null\n}',
  ],
  ['{"a":true,"b":[],"c":[false]}', '{\n  "a": true,\n  "b": [],\n  "c": [\n    false\n  ]\n}'],
])('the payload %s is shown indented', (payload, shown) => {
  expect(page(payload).items[0]?.payload).toBe(shown);
});

it('the most telling text stands in the list', () => {
  expect(page('{"event":{"text":"Hello","n":1e400}}').items[0]?.gist).toBe('Hello');
  expect(page('{"text":"","title":"Deployed"}').items[0]?.gist).toBe('Deployed');
  expect(page('{"text":1}', 'slack').items[0]?.gist).toBe('From Slack');
  expect(page('{"event":null}').items[0]?.gist).toBe('From the API');
});

it('the next page is known', () => {
  expect(readPage('{"items":[],"next_cursor":"abc"}')).toEqual({ items: [], next_cursor: 'abc' });
});
