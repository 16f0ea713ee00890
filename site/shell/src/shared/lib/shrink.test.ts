import { expect, it } from 'vitest';
import { fitted } from './shrink';

it.each([
  [{ width: 4000, height: 3000 }, 2560, { width: 2560, height: 1920 }],
  [{ width: 3000, height: 4000 }, 256, { width: 192, height: 256 }],
  [{ width: 64, height: 32 }, 256, { width: 64, height: 32 }],
  [{ width: 5000, height: 1 }, 256, { width: 256, height: 1 }],
])('%j fits in %i px as %j', (sides, side, result) => expect(fitted(sides, side)).toEqual(result));
