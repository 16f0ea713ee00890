/** The toolbar button and the entry in the menu of links: both add an address to the home. */
import { type Page, shareUrl } from './address.ts';
import { readOrigin } from './settings.ts';

const LINK = 'add-link';

/** In CSS pixels; the dialog that adds something fits without scrolling. */
const POPUP = { width: 520, height: 760 };

async function add(page: Page, tab: number | undefined): Promise<void> {
  const origin = await readOrigin();
  if (origin === null) return chrome.runtime.openOptionsPage();
  const url = shareUrl(origin, page);
  if (url === null) return refuse(tab);
  await chrome.windows.create({ url, type: 'popup', ...POPUP });
}

/** Says on the button that a page of the browser itself cannot be added; the next page clears it. */
async function refuse(tab: number | undefined): Promise<void> {
  if (tab === undefined) return;
  await chrome.action.setBadgeText({ tabId: tab, text: '–' });
  await chrome.action.setTitle({ tabId: tab, title: 'This page has no web address to add' });
}

chrome.action.onClicked.addListener(({ id, url, title }) => void add({ url, title }, id));

chrome.runtime.onInstalled.addListener(({ reason }) => {
  chrome.contextMenus.create({ id: LINK, title: 'Add this link to my home', contexts: ['link'] });
  if (reason === 'install') void chrome.runtime.openOptionsPage();
});

chrome.contextMenus.onClicked.addListener(({ menuItemId, linkUrl }, tab) => {
  if (menuItemId === LINK) void add({ url: linkUrl }, tab?.id);
});
