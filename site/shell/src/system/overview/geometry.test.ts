import { describe, expect, it } from 'vitest';
import { belowStrip, inPanel, labelRoom, nearest, panels, spread } from './geometry';

const area = { width: 1440, height: 770 };
const laptop = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
const size = { width: 640, height: 520 };

describe('the overview', () => {
  it.each([
    [1, laptop],
    [3, laptop],
    [12, laptop],
    [40, laptop],
    [1, phone],
    [12, phone],
    [40, phone],
  ])('%i windows fit and do not cover each other', (count, viewport) => {
    const sizes = Array.from({ length: count }, (_, at) => ({ ...size, width: 400 + at * 10 }));
    const top = belowStrip(panels(2, viewport, area));
    const rects = spread(sizes, top, viewport).map(({ x, y, scale }, at) => ({
      x,
      y,
      width: (sizes[at]?.width ?? 0) * scale,
      height: size.height * scale,
    }));
    for (const [at, one] of rects.entries()) {
      expect(one.x).toBeGreaterThanOrEqual(0);
      expect(one.x + one.width).toBeLessThanOrEqual(viewport.width);
      expect(one.y).toBeGreaterThanOrEqual(top);
      expect(one.y + one.height).toBeLessThanOrEqual(viewport.height);
      for (const other of rects.slice(at + 1)) {
        const apart =
          one.x + one.width <= other.x + 0.01 ||
          other.x + other.width <= one.x + 0.01 ||
          one.y + one.height <= other.y + 0.01 ||
          other.y + other.height <= one.y + 0.01;
        expect(apart).toBe(true);
      }
    }
  });

  it.each([
    [1, 128],
    [2, 128],
    [3, 112],
    [10, 30],
  ])('the labels of %i desktops on a phone have room side by side', (count, room) => {
    const strip = panels(count, phone, { width: 390, height: 730 });
    expect(labelRoom(strip)).toBeGreaterThanOrEqual(room);
    for (const [at, { x, width }] of strip.entries()) {
      const left = x + width / 2 - labelRoom(strip) / 2;
      const before = strip[at - 1];
      expect(left).toBeGreaterThanOrEqual(
        before ? before.x + before.width / 2 + labelRoom(strip) / 2 : 0,
      );
    }
  });

  it.each([1, 2, 10, 50])('%i desktops fit into the strip', (count) => {
    const strip = panels(count, laptop, area);
    expect(strip.at(0)?.x).toBeGreaterThanOrEqual(0);
    const last = strip.at(-1);
    expect((last?.x ?? 0) + (last?.width ?? 0)).toBeLessThanOrEqual(1441);
  });

  it('a window in a panel has its place on the desktop', () => {
    const panel = { x: 100, y: 50, width: 144, height: 77 };
    expect(inPanel({ x: 720, y: 0, ...size }, panel, area)).toEqual({ x: 172, y: 50, scale: 0.1 });
  });

  it('arrow keys go to the nearest window in their direction', () => {
    const at = (x: number, y: number) => ({ x, y, width: 10, height: 10 });
    const rects = [at(0, 0), at(20, 0), at(40, 0), at(0, 20), at(22, 20)];
    expect(nearest(rects, 0, 'ArrowRight')).toBe(1);
    expect(nearest(rects, 1, 'ArrowDown')).toBe(4);
    expect(nearest(rects, 4, 'ArrowLeft')).toBe(3);
    expect(nearest(rects, 0, 'ArrowLeft')).toBe(0);
  });
});
