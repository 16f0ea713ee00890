/** JSON merge patches (RFC 7396): how the API and this shell describe changes of kept documents. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** No member of a kept document is null: in a patch, null removes a member. */
export type JsonObject = { readonly [name: string]: Json };

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `target` with the changes of `patch`; neither is modified. */
export function applyPatch(target: JsonObject, patch: JsonObject): JsonObject {
  const result = new Map(Object.entries(target));
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) result.delete(name);
    else if (isObject(change)) {
      const before = result.get(name);
      result.set(name, applyPatch(isObject(before) ? before : {}, change));
    } else result.set(name, change);
  }
  return Object.fromEntries(result);
}

/** Whether two JSON values are the same, whatever the order of their members. */
export function equal(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((value, at) => equal(value, other[at]));
  }
  if (!isObject(one) || !isObject(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && equal(one[name], other[name]))
  );
}

/** The patch that makes `after` of `before`; null when they are the same. */
export function patchBetween(before: JsonObject, after: JsonObject): JsonObject | null {
  const patch: [string, Json][] = [];
  for (const name of Object.keys(before)) {
    if (!Object.hasOwn(after, name)) patch.push([name, null]);
  }
  for (const [name, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    if (equal(old, value)) continue;
    const inner = isObject(old) && isObject(value) ? patchBetween(old, value) : value;
    if (inner !== null) patch.push([name, inner]);
  }
  return patch.length === 0 ? null : Object.fromEntries(patch);
}

/** `theirs` with what changed from `base` to `mine`: two edits of different fields both hold. */
export function rebased(base: JsonObject, mine: JsonObject, theirs: JsonObject): JsonObject {
  const patch = patchBetween(base, mine);
  return patch ? applyPatch(theirs, patch) : theirs;
}
