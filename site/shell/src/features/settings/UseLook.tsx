/** The dialog that shows the look of a link, and takes it over. */
import { lookOf } from '@/shared/state/look-link';
import { type PreferenceChange, setPreferences, usePreferences } from '@/shared/state/preferences';
import { ACCENTS } from '@/shared/ui/AccentChoice';
import { Dialog, DialogActions, DialogBody } from '@/shared/ui/Dialog';
import { ThemePreview } from '@/shared/ui/ThemePreview';
import { THEME_NAMES } from '@/shared/ui/theme-names';
import { toast } from '@/shared/ui/toasts';
import type { DialogProps } from '@/system/dialogs';

/** The name of the nearest accent. */
function accentName(hue: number): string {
  const distance = (other: number) => Math.min(Math.abs(hue - other), 360 - Math.abs(hue - other));
  const [nearest] = ACCENTS.toSorted((a, b) => distance(a.hue) - distance(b.hue));
  return nearest?.label.toLowerCase() ?? '';
}

export default function UseLook({ params, onClose }: DialogProps<'use-look'>) {
  const look = lookOf(params);
  const before = usePreferences();
  const details = [
    THEME_NAMES[look.theme].detail,
    look.accent !== undefined && `${accentName(look.accent)} accent`,
    look.corners !== 'theme' && `${look.corners} corners`,
    look.icons !== 'rounded' && `${look.icons} icons`,
    look.density !== 'regular' && look.density,
  ].filter(Boolean);
  const use = () => {
    const { theme, corners, icons, density, accent = null } = before;
    const undo: PreferenceChange = { theme, corners, icons, density, accent };
    setPreferences({ ...look, accent: look.accent ?? null });
    onClose();
    toast('success', `Your look is ${THEME_NAMES[look.theme].label} now.`, {
      label: 'Undo',
      run: () => setPreferences(undo),
    });
  };
  return (
    <Dialog title={`The look ${THEME_NAMES[look.theme].label}`} onClose={onClose}>
      <DialogBody>
        <ThemePreview theme={look.theme} accent={look.accent} className="h-44" />
        <p className="mt-4 text-muted">{details.join(', ')}.</p>
        <p className="mt-1 text-sm text-muted">
          It changes how Prox OS looks to you, on all of your devices, and nothing else.
        </p>
      </DialogBody>
      <DialogActions>
        <button type="button" className="button button-quiet" onClick={onClose}>
          Keep mine
        </button>
        <button type="button" className="button button-primary" onClick={use}>
          Use this look
        </button>
      </DialogActions>
    </Dialog>
  );
}
