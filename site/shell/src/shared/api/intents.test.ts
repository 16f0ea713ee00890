import { expect, it } from 'vitest';
import { Intents } from './intents';

const counted = () => {
  let count = 0;
  return new Intents(() => `key-${++count}`);
};

it('asking twice without a gap writes once', async () => {
  const intents = counted();
  let writes = 0;
  const write = async () => ++writes;
  const both = [intents.run('add', write), intents.run('add', write)];
  expect(await Promise.all(both)).toEqual([1, 1]);
  expect(writes).toBe(1);
});

it('asking again after it succeeded is a new intent', async () => {
  const intents = counted();
  const keys: string[] = [];
  const write = async () => keys.push(intents.keyOf('add'));
  await intents.run('add', write);
  await intents.run('add', write);
  expect(keys).toEqual(['key-1', 'key-2']);
});

it('a repeat after a failure has the same key', async () => {
  const intents = counted();
  const keys: string[] = [];
  const lost = async () => {
    keys.push(intents.keyOf('add'));
    if (keys.length === 1) throw new Error('no answer');
  };
  await expect(intents.run('add', lost)).rejects.toThrow('no answer');
  await intents.run('add', lost);
  expect(keys).toEqual(['key-1', 'key-1']);
});

it('another body is another intent', () => {
  const intents = counted();
  expect(intents.keyOf('add {"title":"a"}')).not.toBe(intents.keyOf('add {"title":"b"}'));
});

it('only the latest keys are kept', () => {
  const intents = counted();
  const first = intents.keyOf('0');
  for (let write = 1; write <= 60; write += 1) intents.keyOf(String(write));
  expect(intents.keyOf('0')).not.toBe(first);
});
