/** Colours the whole page in the accent of the space that is shown. */
import { useEffect } from 'react';
import { usePreferences } from '@/shared/state/preferences';

/** The system asks for more contrast, and no theme was chosen that answers it. */
const wantsContrast = () => matchMedia('(prefers-contrast: more)').matches;

/** `hue`: degrees; null for the accent that the person prefers. */
export function useAccent(hue: number | null): void {
  const theme = usePreferences(({ theme }) => theme);
  const applies = hue !== null && theme !== 'contrast' && !(theme === 'paper' && wantsContrast());
  useEffect(() => {
    if (!applies) return;
    // Dialogs and menus are children of the body, too.
    const { body } = document;
    body.dataset.accent = '';
    body.style.setProperty('--accent-hue', String(hue));
    return () => {
      delete body.dataset.accent;
      body.style.removeProperty('--accent-hue');
    };
  }, [applies, hue]);
}
