import { expect, it } from 'vitest';
import { newDesktopId, suffixOf } from './id';

const bytes = (hex: string) =>
  Uint8Array.from(hex.replaceAll('-', '').match(/../g) ?? [], (two) => Number.parseInt(two, 16));

// Vectors of the TypeID specification.
it.each([
  ['00000000-0000-0000-0000-000000000000', '00000000000000000000000000'],
  ['00000000-0000-0000-0000-000000000001', '00000000000000000000000001'],
  ['01890a5d-ac96-774b-bcce-b302099a8057', '01h455vb4pex5vsknk084sn02q'],
  ['ffffffff-ffff-ffff-ffff-ffffffffffff', '7zzzzzzzzzzzzzzzzzzzzzzzzz'],
])('%s is written as %s', (uuid, text) => expect(suffixOf(bytes(uuid))).toBe(text));

it('an id is a UUID of version 7 with the time', () => {
  const id = newDesktopId(0x01890a5dac96, bytes('000000000000774bbcceb302099a8057'));
  expect(id).toBe('wks_01h455vb4pex5vsknk084sn02q');
});
