// For pages that are embedded in Prox OS. A page that includes this script hands the links to other
// pages that people follow in it to the desktop around it, which asks where to open them. It does
// nothing outside of a frame. `data-prox-os-skip-managed-link` on a link, or on anything around it,
// leaves it alone.
//
//   <script src="https://YOUR-HOME/guest-link.js" defer></script>
(() => {
  const script = document.currentScript;
  if (window.parent === window || !(script instanceof HTMLScriptElement)) return;
  // Only the desktop that this script comes from learns which links are followed.
  const desktop = new URL(script.src).origin;

  /** @param {MouseEvent} event */
  const isPlain = (event) =>
    event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || !isPlain(event) || !(event.target instanceof Element)) return;
    const link = event.target.closest('a[href]');
    if (!(link instanceof HTMLAnchorElement) || link.hasAttribute('download')) return;
    if (link.closest('[data-prox-os-skip-managed-link]')) return;
    const isElsewhere = link.origin !== location.origin || link.target === '_blank';
    if (!/^https?:$/.test(link.protocol) || !isElsewhere) return;
    event.preventDefault();
    // A link that was followed by keyboard has no place of its own in the event.
    const box = link.getBoundingClientRect();
    const byKeyboard = event.detail === 0;
    window.parent.postMessage(
      {
        type: 'prox-os:guest-link',
        href: link.href,
        x: byKeyboard ? box.left : event.clientX,
        y: byKeyboard ? box.bottom : event.clientY,
      },
      desktop,
    );
  });
})();
