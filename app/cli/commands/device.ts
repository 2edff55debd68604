import { type Command, Option } from 'commander';
import { z } from 'zod';
import { DeviceView } from '../../../api/views.ts';
import { Credential, DEVICE_CONDITIONS, DEVICE_STATES, Device } from '../../../model/device.ts';
import { json, latLon, natural, several, tags } from '../arguments.ts';
import { refused, wrongUsage } from '../failure.ts';
import { readInput } from '../input.ts';
import { table } from '../output.ts';
import { itemsOf } from '../pages.ts';
import type { Run } from '../run.ts';
import { newSecretFile } from '../secret-file.ts';
import { credentialCommand } from './credential.ts';

const Registered = Device.extend({ credential: Credential });
const Imported = z.object({
  items: z.array(z.object({ id: z.string(), credential: Credential })),
  next: z.string().nullable(),
});

const TYPES = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;
type ImportFormat = keyof typeof TYPES;

/** How it does right now only a running city knows. */
type Shown = Device & Partial<DeviceView>;

interface AddOptions {
  readonly domain: string;
  readonly kind: string;
  readonly name?: string;
  readonly at?: readonly [lon: number, lat: number];
  readonly geometry?: unknown;
  readonly provider?: string;
  readonly tag?: Readonly<Record<string, string>>;
  readonly simulated?: true;
}

interface ImportOptions {
  readonly format?: ImportFormat;
  readonly credentials?: string;
}

interface ListOptions {
  readonly domain?: string;
  readonly kind?: string;
  readonly provider?: string;
  readonly area?: string;
  readonly bbox?: string;
  readonly tag?: Readonly<Record<string, string>>;
  readonly state?: string;
  readonly condition?: readonly string[];
  readonly simulated?: string;
  readonly search?: string;
  readonly limit?: number;
}

/** `device add | import | list | retire | activate | credential`. */
export function deviceCommands(program: Command, run: Run): void {
  const device = program.command('device').description('what measures the city: register, list, retire');

  device
    .command('add')
    .description('register a device and show its password, this once')
    .argument('<id>', 'id of the device, also its MQTT user name: a-z, 0-9 and -')
    .requiredOption('--domain <id>', 'domain, such as traffic')
    .requiredOption('--kind <id>', 'kind within the domain, such as counter')
    .option('--name <text>', 'name for people (default: the id)')
    .option('--at <lat,lon>', 'where it stands, in degrees', latLon)
    .option('--geometry <geojson>', 'its GeoJSON geometry, such as the LineString of a road segment', json)
    .option('--provider <id>', 'who answers for it (default: the city)')
    .option('--tag <name=value>', 'a tag; repeat as needed', tags)
    .option('--simulated', 'mark it as simulated')
    .action(
      run(async (city, out, id: string, { at, tag, ...rest }: AddOptions) => {
        const given = { id, name: id, ...rest, ...(at ? { position: at } : {}), ...(tag ? { tags: tag } : {}) };
        const made = await city.ask(Registered, 'POST', '/devices', { json: given });
        out.result(made, `registered ${made.id}\npassword   ${made.credential.password}`);
        out.note('The password is shown this once.');
      }),
    );

  device
    .command('import')
    .description('register the devices of a file, all or none')
    .argument('<file>', 'CSV with a header, or NDJSON; - for standard input')
    .addOption(
      new Option('--format <format>', 'csv or ndjson (default: by the name of the file)').choices(['csv', 'ndjson']),
    )
    .option(
      '--credentials <file>',
      'write the passwords to this new file, readable by its owner only, instead of showing them',
    )
    .addHelpText('after', '\nCSV columns: id, domain, kind, name, lon, lat, geometry, provider, simulated, tag:<name>.')
    .action(
      run(async (city, out, file: string, { format = formatOf(file), credentials }: ImportOptions) => {
        if (!format) throw wrongUsage(`${file}: say --format csv or --format ndjson`);
        const body = await readInput(file);
        const kept = credentials === undefined ? undefined : await newSecretFile(credentials);
        const text = { body, type: TYPES[format] };
        const made = await city.ask(Imported, 'POST', '/devices/import', { text }).catch(async (error: unknown) => {
          await kept?.discard();
          throw error;
        });
        const passwords = made.items.map(({ id, credential }) => [id, credential.password] as const);
        if (!kept) {
          out.result(made, table(['ID', 'PASSWORD'], passwords));
          out.note(`${passwords.length} devices registered. The passwords are shown this once.`);
          return;
        }
        await kept.write(`${JSON.stringify(Object.fromEntries(passwords), null, 2)}\n`);
        const devices = passwords.length;
        out.result({ devices, credentials }, `${devices} devices registered; their passwords are in ${credentials}`);
      }),
    );

  device
    .command('list')
    .description('list devices by id')
    .option('--domain <id>', 'only of this domain')
    .option('--kind <id>', 'only of this kind')
    .option('--provider <id>', 'only of this provider')
    .option('--area <id>', 'only in this area')
    .option('--bbox <w,s,e,n>', 'only in this box, in degrees')
    .option('--tag <name=value>', 'only with this tag; repeat: all must hold', tags)
    .addOption(new Option('--state <state>', 'only in this state').choices(DEVICE_STATES))
    .option('--condition <condition>', `only those that are ${DEVICE_CONDITIONS.join(', ')}; repeat: any`, several)
    .addOption(new Option('--simulated <which>', 'simulated devices').choices(['include', 'exclude', 'only']))
    .option('--search <text>', 'only with this text in id or name')
    .option('--limit <n>', 'at most so many (default: all)', natural)
    .action(
      run(async (city, out, { tag = {}, limit, ...rest }: ListOptions) => {
        const query = { ...rest, tag: Object.entries(tag).map(([name, value]) => `${name}:${value}`) };
        if (rest.condition && !city.runs) throw refused('how devices do right now only a running city knows');
        const seen = await itemsOf(city, DeviceView, '/devices', query, limit);
        const items: readonly Shown[] = city.runs ? seen : seen.map((each) => Device.parse(each));
        const rows = items.map((item) => [
          item.id,
          `${item.domain}/${item.kind}`,
          item.provider,
          item.state,
          item.condition ?? '',
          item.simulated ? 'simulated' : 'real',
          item.name,
        ]);
        const head = ['ID', 'KIND', 'PROVIDER', 'STATE', 'CONDITION', 'MARK', 'NAME'];
        out.result({ items, next: null }, table(head, rows));
      }),
    );

  const change = (name: string, state: (typeof DEVICE_STATES)[number], description: string) =>
    device
      .command(name)
      .description(description)
      .argument('<id...>', 'ids of the devices')
      .action(
        run(async (city, out, ids: readonly string[]) => {
          const items = [];
          for (const id of ids)
            items.push(await city.ask(Device, 'PATCH', `/devices/${encodeURIComponent(id)}`, { json: { state } }));
          out.result({ items, next: null }, items.map(({ id }) => `${id} is ${state}`).join('\n'));
        }),
      );
  change('retire', 'retired', 'let devices in no more; what they sent stays');
  change('activate', 'active', 'let retired devices in again');
  credentialCommand(device, run, 'devices', 'id of the device');
}

function formatOf(file: string): ImportFormat | undefined {
  if (/\.csv$/i.test(file)) return 'csv';
  return /\.(ndjson|jsonl)$/i.test(file) ? 'ndjson' : undefined;
}
