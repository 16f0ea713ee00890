// Requests with full control of their headers, including `Host`, `Cookie` and `Origin`.

import { request } from 'node:http';

export interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

export class Answer {
  constructor(
    readonly status: number,
    readonly headers: Record<string, string | string[] | undefined>,
    readonly text: string,
  ) {}

  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came, and fails on the rest
  json(): any {
    return JSON.parse(this.text);
  }

  header(name: string): string | undefined {
    const value = this.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }
}

/** `origin` is the server to connect to; the `host` header may name another host. */
export function ask(origin: string, path: string, asked: Asked = {}): Promise<Answer> {
  const { hostname, port } = new URL(origin);
  const { method = 'GET', headers = {}, body } = asked;
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = request(
      { hostname, port, path, method, headers: { ...length, ...headers }, agent: false },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk) => {
          text += chunk;
        });
        incoming.on('error', reject);
        incoming.on('end', () => {
          resolve(new Answer(incoming.statusCode ?? 0, incoming.headers, text));
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** The headers of every response, as `COMMON` of crates/platform/types/src/header.rs. */
export const COMMON_HEADERS = [
  'cache-control',
  'content-security-policy',
  'cross-origin-resource-policy',
  'referrer-policy',
  'strict-transport-security',
  'x-content-type-options',
];

/** Those of these headers and the request id that a response lacks. */
export const missingHeaders = (answer: Answer): string[] =>
  [...COMMON_HEADERS, 'x-request-id'].filter((name) => !answer.header(name));
