/** Which requests the service worker answers. Everything else goes to the server untouched. */

/** The addresses of the shell's own pages, as patterns of `App.tsx`'s routes. */
export const PAGES = [
  '/',
  '/start',
  '/share',
  '/shared',
  '/sign-in',
  '/look',
  '/welcome/*',
  '/o/*',
] as const;

/** What the server answers in every case: the browser need not start the service worker for it. */
export const SERVER = ['/api', '/api/*', '/hooks/*', '/_prox/*', '/@*', '/%40*', '/d/*', '/s/*'];

/** Whether a page of the shell stands at this path. A path with a dot segment never arrives here. */
export const isPage = (path: string): boolean =>
  PAGES.some((page) =>
    page.endsWith('/*')
      ? path.startsWith(page.slice(0, -1)) && path !== page.slice(0, -1)
      : path === page,
  );
