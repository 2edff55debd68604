import type { z } from 'zod';
import { failed, failureOf } from './failure.ts';

/** What is sent with a request. */
export interface Question {
  /** Parameters; what is undefined is left out, a list is repeated. */
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  /** A body sent as JSON. */
  readonly json?: unknown;
  /** A body as it is, and its media type. */
  readonly text?: { readonly body: string; readonly type: string };
}

/** The city's API with the administrator's key, over the network or in this process. */
export interface CityClient {
  /** The answer's body by its schema. Throws a CommandFailure where the city refuses or does not answer. */
  ask<T extends z.ZodType>(schema: T, method: string, path: string, question?: Question): Promise<z.output<T>>;
  /** The body of an answer as it comes, however long it is. */
  stream(path: string, question?: Question): Promise<ReadableStream<Uint8Array>>;
  /** For what answers nothing. */
  tell(method: string, path: string, question?: Question): Promise<void>;
  /** Whether the city runs, and so knows how its devices do right now. */
  readonly runs: boolean;
  close(): Promise<void>;
}

export interface ClientOptions {
  readonly url: string;
  readonly key: string;
  readonly fetch: (request: Request) => Promise<Response>;
  readonly runs: boolean;
  readonly close?: () => Promise<void>;
}

/** A client of the API at `url`, whatever carries its requests. */
export function createCityClient({ url, key, fetch, runs, close = async () => undefined }: ClientOptions): CityClient {
  async function request(method: string, path: string, { query = {}, json, text }: Question = {}): Promise<Response> {
    const at = new URL(`${url.replace(/\/+$/, '')}/api/v1${path}`);
    for (const [name, value] of Object.entries(query))
      for (const each of Array.isArray(value) ? value : [value])
        if (each !== undefined) at.searchParams.append(name, String(each));
    const headers = new Headers({ authorization: `Bearer ${key}` });
    if (text) headers.set('content-type', text.type);
    else if (json !== undefined) headers.set('content-type', 'application/json');
    const body = text?.body ?? (json === undefined ? null : JSON.stringify(json));
    const response = await answered(fetch(new Request(at, { method, headers, body })));
    if (!response.ok) throw failureOf(response.status, await answered(response.text()));
    return response;
  }

  /** What comes, or that nothing does. */
  async function answered<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch {
      throw failed(`the city at ${url} does not answer`);
    }
  }

  async function send(method: string, path: string, question?: Question): Promise<string> {
    const response = await request(method, path, question);
    return await answered(response.text());
  }

  return {
    async ask(schema, method, path, question) {
      const answer = await send(method, path, question);
      try {
        return schema.parse(JSON.parse(answer));
      } catch {
        throw failed(`what answers at ${url} is not a city of this version`);
      }
    },
    async stream(path, question) {
      const { body } = await request('GET', path, question);
      return body ?? new ReadableStream({ start: (controller) => controller.close() });
    },
    async tell(method, path, question) {
      await send(method, path, question);
    },
    runs,
    close,
  };
}
