/** The designs of the screensaver. */
import type { ReactNode } from 'react';
import type { ScreensaverDesign } from '@/system/screensaver';
import { Clock } from './Clock';
import { Flow } from './Flow';
import { Orbit } from './Orbit';

const DESIGNS: Record<ScreensaverDesign, () => ReactNode> = {
  clock: () => <Clock />,
  flow: () => <Flow />,
  orbit: () => <Orbit />,
};

export default function Design({ design }: { design: ScreensaverDesign }) {
  return DESIGNS[design]();
}
