import { expect, test } from 'vitest';
import { Outage } from './outage';

/** Seconds at which the server failed (`-`), answered (`+`), or the device lost its network (`x`). */
function outages(...signs: readonly string[]): (number | null)[] {
  const outage = new Outage();
  const ended: (number | null)[] = [];
  for (const sign of signs) {
    const now = Number(sign.slice(1)) * 1_000;
    if (sign.startsWith('-')) outage.failed(now);
    else if (sign.startsWith('x')) outage.forget();
    else ended.push(outage.answered(now));
  }
  return ended;
}

test.each([
  ['answers only', ['+0', '+100'], [null, null]],
  ['a short outage', ['-0', '-50', '+59'], [null]],
  ['an outage of a minute', ['-0', '-30', '-60', '+65'], [65_000]],
  ['a single fault long ago', ['-0', '+170'], [null]],
  ['two outages', ['-0', '-70', '+75', '-100', '-180', '+190'], [75_000, 90_000]],
  ['an outage is told once', ['-0', '-70', '+75', '+80'], [75_000, null]],
  ['a device that slept', ['-0', '-400', '+405'], [null]],
  ['a device that slept until the answer', ['-0', '-70', '+1000'], [null]],
  ['a network that was lost', ['-0', '-70', 'x75', '-76', '+80'], [null]],
] as const)('%s', (_, signs, expected) => {
  expect(outages(...signs)).toEqual(expected);
});
