import { z } from 'zod';

const Schema = z.looseObject({
  $ref: z.string().optional(),
  example: z.unknown().optional(),
  items: z.looseObject({ $ref: z.string().optional(), example: z.unknown().optional() }).optional(),
});
const Parameter = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header', 'cookie']),
  required: z.boolean().optional(),
  example: z.unknown().optional(),
  schema: Schema,
});
type Parameter = z.infer<typeof Parameter>;
const Document = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ parameters: z.array(Parameter).optional() }))),
  components: z.object({ schemas: z.record(z.string(), Schema) }),
});

/** A request made of an operation's examples. */
export interface ApiOperation {
  readonly template: string;
  /** The path with its parameters and query filled in. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Required parameters that have no example. */
  readonly without: readonly string[];
}

/** Every operation of one method as its examples ask for it: what Swagger UI sends when nothing is typed in. */
export function exampleRequests(document: unknown, method: string): readonly ApiOperation[] {
  const { paths, components } = Document.parse(document);
  const shared = (schema: { $ref?: string | undefined; example?: unknown }) =>
    schema.example ?? components.schemas[schema.$ref?.split('/').at(-1) ?? '']?.example;
  const exampleOf = ({ example, schema }: Parameter) =>
    example ?? shared(schema) ?? (schema.items && shared(schema.items));

  return Object.entries(paths).flatMap(([template, operations]) => {
    const operation = operations[method];
    if (!operation) return [];
    const given = (operation.parameters ?? []).map((parameter) => ({ ...parameter, value: exampleOf(parameter) }));
    const query = new URLSearchParams();
    let path = template;
    for (const { name, in: place, value } of given) {
      if (value === undefined) continue;
      if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(String(value)));
      if (place === 'query') query.set(name, String(value));
    }
    const without = given.filter(({ required, value }) => required && value === undefined).map(({ name }) => name);
    return [{ template, path: query.size > 0 ? `${path}?${query}` : path, query, without }];
  });
}
