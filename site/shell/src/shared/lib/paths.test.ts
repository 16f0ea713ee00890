import { expect, it } from 'vitest';
import { publicPath, returnPath, signInPath } from './paths';

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

it('leaves home out of the public address', () => {
  expect(publicPath({ slug: 'ada' }, { slug: 'home' })).toBe('/@ada');
  expect(publicPath({ slug: 'ada' }, { slug: 'work' })).toBe('/@ada/work');
});
