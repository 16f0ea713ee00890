import { expect, it } from 'vitest';
import { publicPath, returnPath, signInPath, signInReason } from './paths';

it('goes back to where the person was', () => {
  expect(signInPath('/o/ada/home')).toBe('/sign-in?return_to=%2Fo%2Fada%2Fhome');
  expect(returnPath('?return_to=%2Fo%2Fada%2Fhome')).toBe('/o/ada/home');
  expect(signInPath('/sign-in?x')).toBe('/sign-in');
});

it.each([
  '//evil.example',
  'https://evil.example',
  '/\\evil.example',
  'o/ada',
  '/sign-in?return_to=/sign-in',
])('never goes back to %s', (path) =>
  expect(returnPath(`?return_to=${encodeURIComponent(path)}`)).toBe('/'),
);

it('gives the reasons to sign in that it knows', () => {
  expect(signInPath('/', 'locked')).toBe('/sign-in?reason=locked');
  expect(signInReason('?reason=locked')).toBe('locked');
  expect(signInReason('?reason=unheard-of')).toBeNull();
});

it('leaves home out of the public address', () => {
  expect(publicPath({ slug: 'ada' }, { slug: 'home' })).toBe('/@ada');
  expect(publicPath({ slug: 'ada' }, { slug: 'work' })).toBe('/@ada/work');
});
