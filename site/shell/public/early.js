// Asks the API for what the first page shows, while the shell's own code is still on the way. The shell
// takes these answers in place of asking again: src/shared/api/early.ts.
(() => {
  // The token of a share link does not stay in the address: src/shared/lib/share-token.ts.
  const token = location.pathname === '/shared' && new URLSearchParams(location.search).get('link');
  if (token) {
    try {
      sessionStorage.setItem('prox.share-link', token);
      history.replaceState(null, '', '/shared');
    } catch {
      // Storage is closed: the token waits in the address.
    }
  }
  // A service worker has the code here at once.
  if (navigator.serviceWorker?.controller) return;
  const [, organization, space] =
    /^\/o\/([a-z\d-]+)(?:\/([a-z\d-]+))?$/.exec(location.pathname) ?? [];
  const isStart = location.pathname === '/start';
  if (!organization && !isStart) return;
  /** Which home that is, the shell says: it is not always the person's own. */
  const hasLastHome = () => {
    try {
      return localStorage.getItem('prox.last-home') !== null;
    } catch {
      return false;
    }
  };
  const answers = new Map();
  const ask = (path) => {
    const answer = fetch(path);
    // The request that takes it handles the failure.
    answer.catch(() => {});
    answers.set(path, answer);
    return answer;
  };
  const askForLists = (of, inSpace) => {
    ask(`/api/organizations/${of}/spaces?limit=200`);
    if (inSpace) ask(`/api/organizations/${of}/spaces/${inSpace}/items?limit=200`);
  };
  window.proxEarly = answers;
  const me = ask('/api/me');
  ask('/api/me/organizations?limit=200');
  if (organization) askForLists(organization, space);
  else if (!hasLastHome()) {
    me.then((answer) => answer.ok && answer.clone().json()).then(
      (person) => person && askForLists(person.handle, 'home'),
      () => {},
    );
  }
})();
