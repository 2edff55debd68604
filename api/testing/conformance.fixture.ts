import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { z } from 'zod';

const Content = z.record(z.string(), z.object({ schema: z.unknown() }));
const Operation = z.object({ responses: z.record(z.string(), z.object({ content: Content.optional() })) });
const Document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({}),
});

/** Checks responses against the OpenAPI document: path, method, status, media type and body. */
export interface Conformance {
  /** Throws where the response is not as documented. */
  check(method: string, path: string, response: Response): Promise<void>;
}

function matches(template: string, path: string): boolean {
  const [a, b] = [template.split('/'), path.split('/')];
  return a.length === b.length && a.every((part, i) => part.startsWith('{') || part === b[i]);
}

const pointerPart = (part: string) => part.replaceAll('~', '~0').replaceAll('/', '~1');

export function createConformance(document: unknown): Conformance {
  const { paths } = Document.parse(document);
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'api', ...Document.parse(document) });
  const validators = new Map<string, ValidateFunction>();

  function validator(...parts: readonly string[]): ValidateFunction {
    const pointer = parts.map(pointerPart).join('/');
    const validate = validators.get(pointer) ?? ajv.compile({ $ref: `api#/${encodeURI(pointer)}` });
    validators.set(pointer, validate);
    return validate;
  }
  /** The documented path of a request; a literal one wins over a template, as it does in the router. */
  function templateOf(verb: string, path: string): string | undefined {
    const candidates = Object.keys(paths).filter((template) => matches(template, path) && paths[template]?.[verb]);
    return candidates.find((candidate) => candidate === path) ?? candidates[0];
  }

  return {
    async check(method, path, response) {
      const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
      const status = String(response.status);
      const template = templateOf(verb, path);
      // What has no path in the document answers 404 or 405, or 401 to a wrong key; 304 has nothing to check.
      if (template === undefined ? ['401', '404', '405'].includes(status) : status === '304') return;
      const documented = template === undefined ? undefined : paths[template]?.[verb]?.responses[status];
      const fail = (what: string) => new Error(`${method} ${path}: ${status} ${what}`);
      if (!documented || template === undefined) throw fail('is not documented');
      const type = response.headers.get('content-type')?.split(';')[0] ?? '';
      if (!documented.content) {
        if ((await response.text()) !== '') throw fail('has a body');
        return;
      }
      if (!documented.content[type]) throw fail(`as ${type} is not documented`);
      if (method === 'HEAD' || !/[/+]json$/.test(type)) return;
      const validate = validator('paths', template, verb, 'responses', status, 'content', type, 'schema');
      if (!validate(await response.json())) throw fail(`is not as documented: ${ajv.errorsText(validate.errors)}`);
    },
  };
}
