import type { Preflight } from '@prox/api-client';
import { describe, expect, it } from 'vitest';
import { bodyOf, draftOf } from './draft';

const url = 'https://www.example.com/app';
const found: Preflight = {
  url,
  final_url: url,
  status: 200,
  title: ' Example\n app ',
  description: null,
  icon: 'https://example.com/icon.png',
  image: null,
  color: null,
  embeddable: true,
  mode: 'embed',
  reasons: ['Nothing forbids a frame.'],
};

it('a new item has the colour that its page chose', () => {
  expect(bodyOf(url, {}, { ...found, color: '#1db954' }).color).toBe('#1db954');
  expect(bodyOf(url, {}, null).color).toBeNull();
});

describe('a draft', () => {
  it('takes over what was found, as one line', () => {
    expect(draftOf(url, {}, found)).toEqual({
      title: 'Example app',
      description: '',
      mode: 'embed',
      kind: 'app',
    });
  });

  it('cuts a long title between characters', () => {
    const title = `x${'😀'.repeat(200)}`;
    expect(draftOf(url, {}, { ...found, title }).title).toBe(`x${'😀'.repeat(119)}`);
  });

  it('keeps what a person typed, even an empty text', () => {
    expect(draftOf(url, { title: '', kind: 'link' }, found)).toMatchObject({
      title: '',
      kind: 'link',
    });
  });

  it('falls back to the host and a new tab when nothing was found', () => {
    expect(draftOf(url, {}, null)).toEqual({
      title: 'example.com',
      description: '',
      mode: 'tab',
      kind: 'link',
    });
  });
});

describe('a body', () => {
  it('carries the reasons of the found mode', () => {
    expect(bodyOf(url, {}, found)).toMatchObject({
      mode: 'embed',
      reasons: ['Nothing forbids a frame.'],
    });
  });

  it('carries no reasons for a mode that a person chose', () => {
    expect(bodyOf(url, { mode: 'tab' }, found)).toMatchObject({ mode: 'tab', reasons: [] });
  });

  it('leaves out a picture that the server would refuse', () => {
    expect(
      bodyOf(url, {}, { ...found, icon: `https://example.com/${'x'.repeat(3000)}` }).icon,
    ).toBeNull();
  });
});
