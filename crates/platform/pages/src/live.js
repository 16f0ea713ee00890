// Refreshes the page while it is visible.
let wait = 3e3, etag, tick, d = document
// The policy allows no other style sheet than those that the page came with.
let look = x => [...x.querySelectorAll('style+style,.cover')].map(e => e.outerHTML) + ''
async function poll() {
	if (d.hidden) return
	let r = await fetch('', { cache: 'no-cache' }).catch(() => 0)
	if (/404|410/.test(r.status)) return location.reload()
	wait = r.ok ? 3e3 : Math.min(wait * 2, 6e4)
	clearTimeout(tick)
	tick = setTimeout(poll, wait)
	let html = await r.text?.()
	if (!r.ok || etag == (etag = r.headers.get('etag'))) return
	let doc = new DOMParser().parseFromString(html, 'text/html')
	if (look(doc) != look(d)) return location.reload()
	let now = doc.querySelector('main')
	if (now.isEqualNode(page)) return
	let { href } = d.activeElement
	page.replaceWith(now)
	d.title = doc.title
	;[...d.links].find(a => a.href == href)?.focus({ preventScroll: 1 })
	live.textContent = 'Updated'
}
d.onvisibilitychange = poll
setTimeout(poll, wait)
