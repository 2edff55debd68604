import { type IncomingMessage, request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { Readable } from 'node:stream';

/** As `fetch`, but it waits for an answer as long as it takes: Node's own gives up after five minutes, and a backup may take more. */
export async function longFetch(asked: Request): Promise<Response> {
  const { method, url } = asked;
  const body = asked.body === null ? undefined : Buffer.from(await asked.arrayBuffer());
  const send = url.startsWith('https:') ? secure : plain;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { ...Object.fromEntries(asked.headers), ...(body ? { 'content-length': body.length } : {}) };
    send(url, { method, headers, agent: false }, resolve).on('error', reject).end(body);
  });
  const status = answer.statusCode ?? 500;
  // A status without a body must have none (Fetch, "null body status").
  if (status !== 204 && status !== 304) return new Response(Readable.toWeb(answer), { status });
  answer.resume();
  return new Response(null, { status });
}
