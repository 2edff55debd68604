import { join } from 'node:path';
import type { Plugin } from 'vite';

const MODEL = join(import.meta.dirname, '../model/');

/** Whether making a value calls anything: only then could a bundler think that something happens by it. */
const calls = (text: string): boolean => text.includes('(');

/**
 * Lets the bundler leave out what the page does not use of the model. The page reads the model's rows and never
 * validates with its schemas; but a bundler must suppose that making a schema does something, and would bring all of
 * zod along. Nothing in the model does anything when it is made: each of its constants is marked so.
 */
export function pureModel(): Plugin {
  return {
    name: 'nhip-pure-model',
    apply: 'build',
    // After TypeScript has become JavaScript.
    enforce: 'post',
    transform(code, id) {
      if (!id.startsWith(MODEL)) return null;
      const made = this.parse(code).body.flatMap((statement) => {
        const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
        return declared?.type === 'VariableDeclaration' ? declared.declarations : [];
      });
      let marked = code;
      // From the end, so that places before stay where they are.
      for (const { init } of made.reverse()) {
        if (!init || (init.type !== 'CallExpression' && init.type !== 'ObjectExpression')) continue;
        const text = code.slice(init.start, init.end);
        if (calls(text))
          marked = `${marked.slice(0, init.start)}/* @__PURE__ */ (() => (${text}))()${marked.slice(init.end)}`;
      }
      return { code: marked, map: null };
    },
  };
}
