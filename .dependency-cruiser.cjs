// The arrows of docs/architecture.md: model <- storage <- {broker, ingest, api}; model <- {simulators, web}; only app and tests see all.
const may = {
  model: ['model'],
  storage: ['storage', 'model'],
  broker: ['broker', 'storage', 'model'],
  ingest: ['ingest', 'storage', 'model'],
  api: ['api', 'storage', 'model'],
  simulators: ['simulators', 'model'],
  web: ['web', 'model'],
};
const folders = ['model', 'storage', 'broker', 'ingest', 'api', 'simulators', 'web', 'app', 'tests', 'scripts'];
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(may).map(([from, to]) => ({
      name: `${from}-arrows`,
      comment: `${from}/ may import only ${to.join(', ')}`,
      severity: 'error',
      from: { path: `^${from}/` },
      to: {
        path: `^(${folders.filter((folder) => !to.includes(folder)).join('|')})/`,
        // web may take types, and only types, from api
        ...(from === 'web' ? { pathNot: '^api/' } : {}),
      },
    })),
    {
      name: 'web-takes-only-types-from-api',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^api/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'model-stays-browser-safe',
      comment: 'model/ runs in the browser too: no Node built-in',
      severity: 'error',
      from: { path: '^model/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphan-package',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\?(worker|url|inline)|^virtual:' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|node_modules|data)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'svelte', 'node', 'default'],
      extensions: ['.ts', '.js', '.svelte', '.json'],
    },
  },
};
