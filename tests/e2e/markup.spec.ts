// Texts that try to be markup, on every page that the service renders: none of them runs.

import { addItems, call, settle } from './support/person.ts';
import { expect, test } from './support/test.ts';

const RUN = 'window.ran=1';

/** Ways to run a script from a text, each in some places that a page has for texts. */
const PAYLOADS = [
  `<script>${RUN}</script>`,
  `<img src=x onerror=${RUN}>`,
  `<svg onload=${RUN}>`,
  `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`,
  `<body onload=${RUN}>`,
  `<iframe srcdoc="<script>parent.ran=1</script>"></iframe>`,
  `<details open ontoggle=${RUN}>x</details>`,
  `<input autofocus onfocus=${RUN}>`,
  `<video src=x onerror=${RUN}></video>`,
  `<a href="javascript:${RUN}">x</a>`,
  `<base href="javascript:${RUN}//">`,
  `<meta http-equiv=refresh content="0;url=javascript:${RUN}">`,
  `<form action="javascript:${RUN}"><button>x</button></form>`,
  `<math><mtext><style><img src=x onerror=${RUN}></style></mtext></math>`,
  `<template><script>${RUN}</script></template>`,
].flatMap((markup) =>
  ['', '"', "'", '">', "'>", '-->', '</title>', '</style>', '</script>', ']]>'].map(
    (before) => before + markup,
  ),
);

/** The same as Markdown, which cards have. */
const MARKDOWN = PAYLOADS.map((payload, at) =>
  at % 3 === 0
    ? `[x](javascript:${RUN}) ${payload}`
    : at % 3 === 1
      ? `![x](x"onerror=${RUN}") \`${payload}\``
      : `${payload}\n\n<${payload}>\n\n> ${payload}`,
);

/** Elements and attributes that a page of the service never has. */
const FOREIGN = [
  'script:not([src="/_prox/live.js"], [type="application/ld+json"])',
  'iframe, base, video, details, math, template, meta[http-equiv], form:not(.gate)',
  ...['onerror', 'onload', 'onbegin', 'ontoggle', 'onfocus'].map((name) => `[${name}]`),
  '[href^="javascript:"], [src^="javascript:"]',
].join(', ');

test('three hundred texts that try to be markup do not run', async ({ page, anonymous, stack }) => {
  const person = await settle(page, stack.origin);
  await addItems(stack, person, [
    ...PAYLOADS.map((title) => ({ kind: 'link' as const, title, url: 'https://example.com/' })),
    ...MARKDOWN.map((body, at) => ({ kind: 'card' as const, title: `Card ${at}`, body })),
  ]);
  expect(PAYLOADS.length + MARKDOWN.length).toBe(300);
  // What stands in titles of pages and in the notice whom a page is for.
  const name = `</title>'"><img src=x onerror=${RUN}>`;
  const organization = `/api/organizations/${person.handle}`;
  await call(page, 'PATCH', organization, { name });
  await call(page, 'PATCH', person.home, { title: name, description: PAYLOADS[11] });
  await call(page, 'POST', `${person.home}/publish`, {});
  const { url } = await call<{ url: string }>(page, 'POST', `${person.home}/share-links`, {
    name,
  });
  const gated = await call<{ url: string }>(page, 'POST', `${person.home}/share-links`, {
    passphrase: name,
  });
  const address = `${stack.origin}/@${person.handle}`;
  const visits: [typeof page, string][] = [
    [page, address],
    [anonymous, address],
    [anonymous, url],
    [anonymous, gated.url],
    ...[0, 3, 11].map((at): [typeof page, string] => [
      page,
      `${address}?view-as=${encodeURIComponent(`user:${PAYLOADS[at]}`)}`,
    ]),
    ...['.json', '.rss'].map((format): [typeof page, string] => [page, address + format]),
  ];
  for (const [reader, to] of visits) {
    await test.step(to.replace(stack.origin, ''), async () => {
      await reader.goto(to, { waitUntil: 'load' });
      // What a script would do has happened after two frames and a turn of the event loop.
      await reader.evaluate(
        () =>
          new Promise((done) =>
            requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))),
          ),
      );
      expect(await reader.evaluate('window.ran'), to).toBeUndefined();
      // Nor would it without the policy that forbids scripts.
      expect(await reader.locator(FOREIGN).count(), to).toBe(0);
    });
  }
});
