import { describe, expect, it, vi } from 'vitest';
import { createApiFetch } from './fetch.ts';
import { asProblem, Problem, problemFrom } from './problem.ts';

const document = {
  type: '/problems/invalid',
  title: 'Some fields need another look',
  status: 422,
  code: 'invalid',
  detail: 'The title is missing.',
  request_id: 'req-1',
  errors: [{ path: 'title', message: 'must not be blank' }],
};

describe('a problem', () => {
  it('is read from a problem document', () => {
    const problem = problemFrom(422, document, null);
    expect(problem).toMatchObject({ status: 422, code: 'invalid', requestId: 'req-1' });
    expect(problem.message).toBe('The title is missing.');
    expect(problem.field('title')).toBe('must not be blank');
  });

  it.each([null, 'text', [], { errors: [1, { path: 2 }] }])('survives the body %j', (body) => {
    const problem = problemFrom(500, body, 'req-2');
    expect(problem).toMatchObject({
      status: 500,
      code: 'unreadable',
      requestId: 'req-2',
      errors: [],
    });
    expect(problem.message).toContain('500');
  });

  it('wraps any thrown value', () => {
    expect(asProblem(new Error('no')).message).toBe('no');
    expect(asProblem(7)).toBeInstanceOf(Problem);
  });
});

describe('a request', () => {
  const url = 'http://localhost/api/me';
  const ports = (answers: (Response | Error)[], online = true) => {
    const seen: Request[] = [];
    return {
      seen,
      signedOut: vi.fn(),
      wait: vi.fn(async () => {}),
      online: () => online,
      fetch: vi.fn(async (request: Request) => {
        seen.push(request);
        const answer = answers.shift() as Response | Error;
        if (answer instanceof Error) throw answer;
        return answer;
      }) as unknown as typeof fetch,
    };
  };
  const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });

  it('repeats a write under one idempotency key', async () => {
    const p = ports([new TypeError('cut'), json(503, {}), json(201, { ok: true })]);
    const answer = await createApiFetch(p)(new Request(url, { method: 'POST', body: '{}' }));
    expect(answer.status).toBe(201);
    expect(new Set(p.seen.map((request) => request.headers.get('idempotency-key'))).size).toBe(1);
    expect(p.seen[0]?.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('sends no key with a read', async () => {
    const p = ports([json(200, {})]);
    await createApiFetch(p)(new Request(url));
    expect(p.seen[0]?.headers.has('idempotency-key')).toBe(false);
  });

  it('does not repeat what the server refused', async () => {
    const p = ports([json(422, document)]);
    await expect(createApiFetch(p)(new Request(url, { method: 'POST' }))).rejects.toMatchObject({
      code: 'invalid',
    });
    expect(p.seen).toHaveLength(1);
  });

  it('reports a 401 response', async () => {
    const p = ports([json(401, { code: 'unauthenticated', detail: 'Sign in to continue' })]);
    await expect(createApiFetch(p)(new Request(url))).rejects.toMatchObject({ status: 401 });
    expect(p.signedOut).toHaveBeenCalledOnce();
  });

  it.each(['text/html', 'text/html; charset=utf-8'])(
    'takes no page (%s) for an answer',
    async (type) => {
      const page = () => new Response('<h1>Hotel</h1>', { headers: { 'content-type': type } });
      const all = ports([page(), page()]);
      const request = createApiFetch(all)(new Request(url));
      await expect(request).rejects.toThrow('Something other than the server answered');
      expect(all.seen).toHaveLength(1);
      await expect(createApiFetch(all)(new Request(url))).rejects.toMatchObject({
        status: 0,
        code: 'unreadable',
      });
    },
  );

  it('fails at once when the device is offline', async () => {
    const p = ports([new TypeError('cut')], false);
    await expect(createApiFetch(p)(new Request(url))).rejects.toMatchObject({ code: 'offline' });
    expect(p.wait).not.toHaveBeenCalled();
  });
});
