/** What lies behind everything on a desktop. */
import { ArtSurface } from '@/shared/ui/Art';

/**
 * How much of the page's colour lies over a photograph. The darkest one then still leaves 4.5 : 1
 * between it and the text of the light themes, and the lightest one for the dark themes.
 */
const VEIL = 0.72;

/** `stored`: `art:NAME` or the URL of a picture; null for none. */
export const Wallpaper = ({ stored }: { stored: string | null | undefined }) =>
  stored ? (
    <div aria-hidden="true" data-wallpaper="" className="absolute inset-0 overflow-hidden">
      <ArtSurface stored={stored} veil={VEIL} className="absolute inset-0" />
    </div>
  ) : null;
