// A stand-in for Slack: an OAuth v2 consent page, and signed events.

import { createHmac, randomBytes } from 'node:crypto';
import { type StandIn, standIn } from '../../harness/servers.ts';

export interface Slack extends StandIn {
  teamId: string;
}

export const SLACK = { id: '1111.2222', secret: 'slack-client-secret', signing: 'slack-signing' };

/** https://docs.slack.dev/authentication/installing-with-oauth */
export async function slack(): Promise<Slack> {
  const teamId = `T${randomBytes(4).toString('hex').toUpperCase()}`;
  const codes = new Set<string>();
  const server = await standIn(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://slack');
    if (url.pathname === '/oauth/v2/authorize') {
      const code = randomBytes(8).toString('hex');
      codes.add(code);
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      back.searchParams.set('code', code);
      back.searchParams.set('state', url.searchParams.get('state') ?? '');
      response.setHeader('content-type', 'text/html');
      response.end(`<title>Slack</title><a href="${back.href.replaceAll('&', '&amp;')}">Allow</a>`);
      return;
    }
    let body = '';
    for await (const chunk of request) body += chunk;
    const form = new URLSearchParams(body);
    const known = form.get('client_id') === SLACK.id && form.get('client_secret') === SLACK.secret;
    const ok = known && codes.delete(form.get('code') ?? '');
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify(
        ok
          ? { ok, access_token: 'xoxb-1', team: { id: teamId, name: 'Harbour Crew' } }
          : { ok, error: 'invalid_code' },
      ),
    );
  });
  return { ...server, teamId };
}

/** A message in a channel, as Slack signs and sends it. */
export function message(teamId: string, text: string): { body: string; headers: Headers } {
  const body = JSON.stringify({
    type: 'event_callback',
    team_id: teamId,
    event_id: `Ev${randomBytes(6).toString('hex')}`,
    event: { type: 'message', channel: 'C1', user: 'U1', text, ts: '1.0' },
  });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const mac = createHmac('sha256', SLACK.signing).update(`v0:${timestamp}:${body}`).digest('hex');
  const headers = new Headers({
    'content-type': 'application/json',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${mac}`,
  });
  return { body, headers };
}
