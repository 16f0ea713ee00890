import { expect, it } from 'vitest';
import { factsOf } from './measure-icon';

type Pixel = readonly [number, number, number, number];

const CLEAR: Pixel = [0, 0, 0, 0];

const picture = (pixelAt: (x: number, y: number) => Pixel) =>
  Array.from({ length: 32 * 32 }, (_, at) => pixelAt(at % 32, Math.floor(at / 32))).flat();

const inside = (x: number, y: number) => x > 6 && x < 25 && y > 6 && y < 25;

it('a filled square has its colour and fills the tile', () => {
  const facts = factsOf(picture(() => [29, 185, 84, 255]));
  expect(facts).toEqual({ color: '#1db954', solid: true, tone: 'mid' });
});

it('a black glyph has no colour and is dark', () => {
  const facts = factsOf(picture((x, y) => (inside(x, y) ? [20, 20, 20, 255] : CLEAR)));
  expect(facts).toEqual({ color: null, solid: false, tone: 'dark' });
});

it('a white glyph is light', () => {
  const facts = factsOf(picture((x, y) => (inside(x, y) ? [255, 255, 255, 255] : CLEAR)));
  expect(facts.tone).toBe('light');
});

it('the colour of a sign on white is that of the sign', () => {
  const facts = factsOf(
    picture((x, y) => (inside(x, y) ? [224, 30, 90, 255] : [255, 255, 255, 255])),
  );
  expect(facts.color).toBe('#e01e5a');
  expect(facts.solid).toBe(true);
});

it('of two colours the larger one counts', () => {
  const facts = factsOf(picture((x) => (x < 22 ? [240, 80, 30, 255] : [30, 80, 240, 255])));
  expect(facts.color).toBe('#f0501e');
});

it('a picture without pixels is nothing in particular', () => {
  expect(factsOf(picture(() => CLEAR))).toEqual({ color: null, solid: false, tone: 'mid' });
});

it('some coloured pixels at the edge of a dark glyph are no colour', () => {
  const facts = factsOf(
    picture((x, y) =>
      x === 7 && y < 8 ? [200, 40, 40, 255] : inside(x, y) ? [9, 9, 9, 255] : CLEAR,
    ),
  );
  expect(facts.color).toBeNull();
});
