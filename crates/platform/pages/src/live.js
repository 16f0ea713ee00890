// Refreshes the page: every three seconds while it is visible or, when `data-live` of the main element
// names a socket, when that says so.
let wait = 3e3, pause = 500, etag, tick, hint, busy, again, socket, d = document
// The policy allows no other style sheet than those that the page came with.
let look = x => [...x.querySelectorAll('style+style,.cover')].map(e => e.outerHTML) + ''
// One request at a time, so that an old answer never replaces a newer one.
async function poll(hidden) {
	if ((d.hidden && !hidden) || (again = busy)) return
	busy = 1
	await refresh().catch(() => 0)
	busy = 0
	if (again) poll()
}
async function refresh() {
	let r = await fetch('', { cache: 'no-cache' }).catch(() => 0)
	// Nothing stays readable while the answer loads again.
	if (/40[34]|410/.test(r.status)) return (page.hidden = 1, location.reload())
	let open = socket?.readyState == 1
	// Keeps the socket from being closed as idle.
	if (open) socket.send('ping')
	wait = r.ok ? (open ? 6e4 : 3e3) : Math.min(wait * 2, 6e4)
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
	watch()
}
// All readers of a space hear of a change at once, and ask at slightly different times.
function soon(hidden) {
	if (hint && !hidden) return
	clearTimeout(hint)
	hint = setTimeout(() => {
		hint = 0
		poll(hidden)
	}, 300 * Math.random())
}
function watch() {
	let path = page.dataset.live, since = Date.now()
	if (!path || socket || d.hidden) return
	socket = new WebSocket(location.origin.replace('http', 'ws') + path)
	socket.onopen = () => soon()
	socket.onmessage = e => e.data == 'changed' && soon()
	socket.onclose = () => {
		socket = 0
		// The reader may have lost sight of the page, also of one in the background.
		soon(1)
		pause = Date.now() - since > 6e4 ? 1e3 : Math.min(pause * 2, 6e4)
		setTimeout(watch, pause)
	}
}
d.onvisibilitychange = () => {
	poll()
	watch()
}
tick = setTimeout(poll, wait)
watch()
