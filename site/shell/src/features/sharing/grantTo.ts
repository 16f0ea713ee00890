/** Grants to somebody by a handle, which may be a person's or an organization's. */
import { asProblem, type CreateGrant, type Grant, Problem } from '@prox/api-client';
import type { Somebody } from './audience';

type Body = Pick<CreateGrant, 'principal'>;

/** Whether the service knows nobody of this name. */
const isUnknown = (error: unknown) => {
  const { status } = asProblem(error);
  return status === 422 && asProblem(error).field('principal.handle') !== undefined;
};

/** An error of the one field of the form. */
const refusal = (message: string) =>
  new Problem(422, 'invalid', message, null, [{ path: 'principal', message }]);

/** A text that names nobody. */
export const NOBODY = refusal('Type a handle, like @ada, or a mail address.');

/** The error in the words of the form. */
function inWords(error: unknown, somebody: Somebody): unknown {
  const problem = asProblem(error);
  if (problem.field('principal.handle') && 'handle' in somebody)
    return refusal(`No person and no organization has the handle @${somebody.handle}.`);
  if (problem.field('principal.email')) return refusal('This is not a mail address.');
  if (problem.field('principal')) return refusal('Members of this organization see it already.');
  return error;
}

/** Answers the grant. A person comes first: people's handles are those of their own organizations, too. */
export async function grantTo(
  somebody: Somebody,
  create: (body: Body) => Promise<Grant>,
): Promise<Grant> {
  try {
    if ('email' in somebody) {
      return await create({ principal: { type: 'user', email: somebody.email } });
    }
    const { handle } = somebody;
    return await create({ principal: { type: 'user', handle } }).catch((error: unknown) => {
      if (!isUnknown(error)) throw error;
      return create({ principal: { type: 'organization', handle } });
    });
  } catch (error) {
    throw inWords(error, somebody);
  }
}
