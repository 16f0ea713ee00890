/** The answers that `public/early.js` asked for while the shell's own code was on the way. */
declare global {
  interface Window {
    /** By path and search of the request. */
    proxEarly?: Map<string, Promise<Response>>;
  }
}

/** The answer to a request that was asked for early; each is given once. */
export function takeEarly({ method, url }: Request): Promise<Response> | undefined {
  if (method !== 'GET' || !window.proxEarly) return undefined;
  const { pathname, search } = new URL(url);
  const answer = window.proxEarly.get(pathname + search);
  window.proxEarly.delete(pathname + search);
  return answer;
}

/** Forgets what nobody took: later it would be out of date. */
export function dropEarly(): void {
  delete window.proxEarly;
}
