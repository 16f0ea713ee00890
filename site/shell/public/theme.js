// Applies the chosen look before the first paint. A file of its own, because the page's policy
// allows no inline script. The shell keeps the look in src/shared/state/look.ts.
(() => {
  try {
    const look = JSON.parse(localStorage.getItem('prox.preferences') ?? '{}');
    const root = document.documentElement;
    const mode = look.mode === 'sun' ? (look.dark ? 'dark' : 'light') : look.mode;
    if (mode === 'light' || mode === 'dark') root.dataset.mode = mode;
    if (look.theme && look.theme !== 'paper') root.dataset.theme = look.theme;
    if (look.density && look.density !== 'regular') root.dataset.density = look.density;
    if (look.corners && look.corners !== 'theme') root.dataset.corners = look.corners;
    if (look.icons && look.icons !== 'rounded') root.dataset.icons = look.icons;
    if (typeof look.accent === 'number') {
      root.dataset.accent = '';
      root.style.setProperty('--accent-hue', look.accent);
    }
  } catch {
    // Storage is closed or holds something else: the defaults stand.
  }
})();
