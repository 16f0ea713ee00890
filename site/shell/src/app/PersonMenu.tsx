/** The button with the person's face. Its menu is fetched with the first use. */

import type { Organization } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { organizationsQuery } from '@/shared/data/me';
import { preloadOnIntent } from '@/shared/lib/lazy';
import { spacePath } from '@/shared/lib/paths';
import { usePlace } from '@/shared/lib/place';
import { Face } from '@/shared/ui/Face';
import { menuFailed, openMenu, preloadMenu } from '@/shared/ui/menu';

export function PersonMenu({ organization }: { organization: Organization }) {
  const { me } = usePlace();
  const [, navigate] = useLocation();
  const { data: organizations = [organization] } = useQuery(organizationsQuery);
  const name = me.name || me.handle;
  const open = async (button: HTMLElement) => {
    const { personEntries } = await import('./personEntries');
    // The history entry of the open menu becomes that page's.
    const goTo = (slug: string) => navigate(spacePath(slug), { replace: true });
    openMenu(
      `Account of ${name}`,
      button,
      personEntries({ me, organization, organizations, goTo }),
    );
  };
  return (
    <button
      type="button"
      className="button button-quiet button-icon ml-0.5 !rounded-full"
      aria-haspopup="menu"
      aria-label={`Account of ${name}`}
      {...preloadOnIntent(() => {
        preloadMenu();
        void import('./personEntries').catch(() => {});
      })}
      onClick={(event) => void open(event.currentTarget).catch(menuFailed)}
    >
      <Face name={name} picture={me.image} size="28px" round />
    </button>
  );
}
