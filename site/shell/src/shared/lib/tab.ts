/** Opens a page in a new tab, which learns neither where it was opened from nor how to reach it. */
export function openTab(url: URL): void {
  window.open(url, '_blank', 'noopener,noreferrer');
}
