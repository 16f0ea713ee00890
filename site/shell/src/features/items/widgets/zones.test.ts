import { beforeAll, expect, it } from 'vitest';
import { cityOf, dayWords, findZone, offsetWords, timeIn, zonesOf } from './zones';

beforeAll(() => {
  process.env.TZ = 'Europe/Berlin';
});

/** 14:30 in Berlin, in winter. */
const NOW = Date.UTC(2026, 10, 30, 13, 30);

it.each([
  ['Europe/Berlin', 14, 30, 0, false],
  ['America/New_York', 8, 30, -360, false],
  ['Asia/Kolkata', 19, 0, 270, true],
  ['Asia/Kathmandu', 19, 15, 285, true],
  ['Pacific/Auckland', 2, 30, 720, true],
  ['UTC', 13, 30, -60, false],
])('%s is at %i:%i', (id, hour, minute, offset, isNight) => {
  expect(timeIn({ id, city: '' }, NOW)).toMatchObject({ hour, minute, offset, isNight });
});

it('the time of this device has no offset', () => {
  expect(timeIn({ id: undefined, city: '' }, NOW)).toMatchObject({ hour: 14, offset: 0 });
});

it('the half of the day stands apart from the digits', () => {
  const { time, digits, half } = timeIn({ id: 'America/New_York', city: '' }, NOW);
  expect(time.startsWith(digits)).toBe(true);
  expect(half === '' ? time : `${digits} ${half}`).toBe(time.replace(/\s/, ' '));
});

it.each([
  [0, 'Same time'],
  [60, '+1 h'],
  [-360, '−6 h'],
  [330, '+5:30 h'],
  [-210, '−3:30 h'],
  [765, '+12:45 h'],
])('an offset of %i minutes is “%s”', (minutes, words) => expect(offsetWords(minutes)).toBe(words));

it.each([
  ['Pacific/Auckland', 'tomorrow'],
  ['America/New_York', ''],
  ['Europe/Berlin', ''],
])('in %s it is %s', (id, words) => {
  expect(dayWords(timeIn({ id, city: '' }, NOW), NOW)).toBe(words);
});

it('in the small hours, it is yesterday in the west', () => {
  const early = Date.UTC(2026, 10, 30, 1, 0);
  expect(dayWords(timeIn({ id: 'America/New_York', city: '' }, early), early)).toBe('yesterday');
});

it.each([
  ['', 1, [undefined]],
  ['Europe/Berlin\nAsia/Tokyo', 2, ['Europe/Berlin', 'Asia/Tokyo']],
  ['Europe/Berlin\n\nEurope/Berlin', 1, ['Europe/Berlin']],
  ['Atlantis/Poseidonis', 1, [undefined]],
  ['Atlantis/Poseidonis\nUTC', 1, ['UTC']],
])('the settings %j name %i zones', (body, count, ids) => {
  const zones = zonesOf(body);
  expect(zones).toHaveLength(count);
  expect(zones.map(({ id }) => id)).toEqual(ids);
});

it.each([
  ['America/Argentina/Buenos_Aires', 'Buenos Aires'],
  ['UTC', 'UTC'],
])('the city of %s is %s', (id, city) => expect(cityOf(id)).toBe(city));

it.each([
  ['tokyo', 'Asia/Tokyo'],
  ['New York', 'America/New_York'],
  ['  los ang', 'America/Los_Angeles'],
  ['Europe/Berlin', 'Europe/Berlin'],
  ['utc', 'UTC'],
  ['Poseidonis', null],
  ['', null],
])('“%s” means %s', (text, id) => expect(findZone(text)).toBe(id));
