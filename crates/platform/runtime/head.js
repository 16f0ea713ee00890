// What the workers that answer with the router have in common as the runtime sees them.

// Without it, a compiled module schedules its tasks with promises, which cost this runtime a third.
delete globalThis.queueMicrotask;

// The first dozen frames of a panic's stack belong to the panic hook.
Error.stackTraceLimit = 100;

/**
 * A request's method, address and headers, a line each; a header is two lines, its name and its value.
 * None of them can contain a line break.
 * @param {Request} request
 * @param {string[]} names of the headers that the API reads. To iterate over all that a browser and the
 *   network send takes several times as long.
 * @returns {string}
 */
export function headOf(request, names) {
  const { method, url, headers } = request;
  let text = `${method}\n${url}`;
  for (const name of names) {
    const value = headers.get(name);
    if (value !== null) text += `\n${name}\n${value}`;
  }
  return text;
}
