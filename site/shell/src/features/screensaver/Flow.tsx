/** Lines that follow a slow current, in the accent's colours. A still picture under reduced motion. */

import { useEffect, useRef } from 'react';
import { isCalm } from '@/shared/lib/motion';

const LINES = 360;
/** Points of a line. */
const LENGTH = 110;
/** Px from one point of a line to the next. */
const STEP = 1.6;

type Point = readonly [x: number, y: number];

/** The direction of the current at a place, in radians; `x` and `y` in heights of the screen. */
const direction = (x: number, y: number, seconds: number) =>
  Math.sin(x * 5.1 + seconds * 0.11) * 1.3 +
  Math.cos(y * 6.9 - seconds * 0.08) * 1.1 +
  Math.sin((x + y) * 2.7 + seconds * 0.06) * 1.6;

/** The line after one step: its head moves on, its tail follows. */
function advanced(line: readonly Point[], height: number, seconds: number): Point[] {
  const [x, y] = line.at(-1) ?? [0, 0];
  const angle = direction(x / height, y / height, seconds);
  const head: Point = [x + Math.cos(angle) * STEP, y + Math.sin(angle) * STEP];
  return [...line.slice(line.length >= LENGTH ? 1 : 0), head];
}

export function Flow() {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    const colours = ['--accent', '--accent', '--text-faint'].map((role) => resolved(element, role));
    let lines: Point[][] = [];
    let [width, height] = [0, 0];
    const begin = (): Point[] => [[Math.random() * width, Math.random() * height]];
    const measure = () => {
      const scale = Math.min(devicePixelRatio, 2);
      [width, height] = [element.clientWidth, element.clientHeight];
      element.width = Math.round(width * scale);
      element.height = Math.round(height * scale);
      context.scale(scale, scale);
      lines = Array.from({ length: LINES }, begin);
    };
    const advance = (seconds: number) => {
      lines = lines.map((line) => {
        const [x, y] = line.at(-1) ?? [0, 0];
        const left = x < -40 || y < -40 || x > width + 40 || y > height + 40;
        return left || Math.random() < 0.001 ? begin() : advanced(line, height, seconds);
      });
    };
    const draw = () => {
      context.clearRect(0, 0, width, height);
      context.lineCap = 'round';
      for (const [at, line] of lines.entries()) {
        context.strokeStyle = colours[at % colours.length] ?? '';
        context.globalAlpha = 0.15 + 0.6 * (line.length / LENGTH);
        context.lineWidth = at % 5 === 0 ? 2 : 1.1;
        context.beginPath();
        for (const [x, y] of line) context.lineTo(x, y);
        context.stroke();
      }
    };
    let frame = 0;
    const start = () => {
      measure();
      for (let step = 0; step < LENGTH; step += 1) advance(0);
      draw();
    };
    const run = (time: number) => {
      advance(time / 1_000);
      draw();
      frame = requestAnimationFrame(run);
    };
    start();
    if (!isCalm()) frame = requestAnimationFrame(run);
    addEventListener('resize', start);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener('resize', start);
    };
  }, []);
  return <canvas ref={canvas} className="absolute inset-0 size-full" />;
}

/** The value of a colour role for a canvas, which knows no variables and no `light-dark()`. */
function resolved(element: HTMLElement, role: string): string {
  const before = element.style.color;
  element.style.color = `var(${role})`;
  const { color } = getComputedStyle(element);
  element.style.color = before;
  return color;
}
