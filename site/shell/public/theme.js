// Applies the chosen theme and density before the first paint. A file of its own,
// because the page's policy allows no inline script.
(() => {
  try {
    const stored = JSON.parse(localStorage.getItem('prox.preferences') ?? '{}');
    const root = document.documentElement;
    if (['light', 'dark', 'contrast'].includes(stored.theme)) root.dataset.theme = stored.theme;
    if (['compact', 'roomy'].includes(stored.density)) root.dataset.density = stored.density;
  } catch {
    // Storage is closed or holds something else: the defaults stand.
  }
})();
