import { describe, expect, it } from 'vitest';
import { guestLinkOf, isFrom, placeIn } from './guestLinks';

const message = { type: 'prox-os:guest-link', href: 'https://example.com/a', x: 10, y: 20 };

describe('the message of an embedded page', () => {
  it('names a link of the web and a place', () => {
    expect(guestLinkOf(message)).toMatchObject({ x: 10, y: 20 });
    expect(guestLinkOf(message)?.url.href).toBe('https://example.com/a');
  });

  it.each([
    null,
    'prox-os:guest-link',
    { ...message, type: 'other' },
    { ...message, href: 'javascript:void 0' },
    { ...message, href: 'data:text/html,x' },
    { ...message, href: '/relative' },
    { ...message, href: 'https://user:secret@example.com/' },
    { ...message, href: `https://example.com/${'a'.repeat(2048)}` },
    { ...message, x: '10' },
    { ...message, y: Number.NaN },
    { ...message, y: Number.POSITIVE_INFINITY },
  ])('that is %j opens nothing', (data) => expect(guestLinkOf(data)).toBeNull());

  it('counts only from the frame and the origin that it was opened for', () => {
    const contentWindow = { name: 'frame' } as unknown as MessageEventSource;
    const frame = { element: { contentWindow }, origin: 'https://tides.example' };
    const from = (source: MessageEventSource | null, origin: string) =>
      isFrom({ source, origin }, frame);
    expect(from(contentWindow, 'https://tides.example')).toBe(true);
    expect(from(contentWindow, 'https://evil.example')).toBe(false);
    expect(from({} as MessageEventSource, 'https://tides.example')).toBe(false);
    expect(isFrom({ source: contentWindow, origin: 'null' }, { ...frame, origin: 'null' })).toBe(
      false,
    );
    // A frame that was removed has no window, like a message without a source.
    expect(
      isFrom({ source: null, origin: 'x' }, { element: { contentWindow: null }, origin: 'x' }),
    ).toBe(false);
  });

  it('opens the menu inside of the frame', () => {
    const frame = { left: 100, top: 50, width: 400, height: 300 };
    expect(placeIn(frame, { x: 10, y: 20 })).toEqual({ x: 110, y: 70 });
    expect(placeIn(frame, { x: -900, y: 9000 })).toEqual({ x: 100, y: 350 });
  });
});
