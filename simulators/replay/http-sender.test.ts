import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpSender } from './http-sender.ts';
import { Unanswered } from './sender.ts';

/** A city's endpoint that answers as the test says, one answer after the other. */
describe('sending over HTTP', () => {
  type Reply = (response: ServerResponse) => void;
  const answer =
    (status: number, body: string): Reply =>
    (response) => {
      response.writeHead(status).end(body);
    };
  const accept = answer(202, '{"accepted":1}');
  let replies: Reply[] = [];
  let seen: { url: string | undefined; authorization: string | undefined; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    seen.push({ url: request.url, authorization: request.headers.authorization, body });
    (replies.shift() ?? accept)(response);
  });
  let url = '';

  beforeEach(async () => {
    [replies, seen] = [[], []];
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${addressOf(server.address()).port}/`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const send = (payload = '{}', count = 1, patienceMs = 60_000) =>
    createHttpSender(url, { domain: 'tourism', passwordOf: (id) => `secret of ${id}`, patienceMs }).send(
      'aaa',
      payload,
      count,
    );

  it('posts the message as the device', async () => {
    await send('{"values":{"visitor_count":1}}');
    expect(seen).toEqual([
      {
        url: '/api/v1/devices/aaa/telemetry',
        authorization: `Basic ${btoa('aaa:secret of aaa')}`,
        body: '{"values":{"visitor_count":1}}',
      },
    ]);
  });

  it('tries again where the city asks to wait, and where a connection is cut', async () => {
    replies = [answer(503, 'later'), answer(429, 'later'), (response) => response.destroy()];
    await send();
    expect(seen).toHaveLength(4);
  });

  it.each([400, 401, 403, 413])('takes a %i for final and hands on the city’s words', async (status) => {
    replies = [answer(status, '{"detail":"no"}')];
    await expect(send()).rejects.toThrow(`aaa: ${status} {"detail":"no"}`);
    expect(seen).toHaveLength(1);
  });

  it('does not take fewer readings for the whole message', async () => {
    await expect(send('[{},{}]', 2)).rejects.toThrow('aaa: 1 of 2 readings were accepted');
  });

  it('gives up when its patience ends, whether it is asked to wait or nobody answers', async () => {
    replies = Array.from({ length: 100 }, () => answer(503, 'later'));
    await expect(send('{}', 1, 300)).rejects.toThrow(new Unanswered('aaa: 503 later'));
    replies = [() => undefined];
    await expect(send('{}', 1, 300)).rejects.toThrow(Unanswered);
  });
});

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address;
}
