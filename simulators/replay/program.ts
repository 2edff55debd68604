import { Command } from 'commander';

const collect = (value: string, before: string[] = []) => [...before, value];

/** The command line of `npm run replay`. Values are checked later, all at once, by ReplayOptions. */
export function replayProgram(run: (file: string, options: Record<string, unknown>) => Promise<void>): Command {
  return new Command('replay')
    .description('Sends the rows of a CSV file to a city as the readings of devices, registering the devices first.')
    .argument('<file>', 'CSV with a header line')
    .requiredOption('--domain <id>', 'domain of the devices')
    .requiredOption('--kind <id>', 'kind of the devices')
    .requiredOption(
      '--metric <column=metric>',
      'column and the metric it holds; repeat, or separate by commas',
      collect,
    )
    .option('--device <column>', 'column that tells the devices apart; ids are made from it')
    .option('--device-id <id>', 'the one device that all rows belong to')
    .option('--device-prefix <text>', 'put before ids made from a column')
    .option('--name <column>', 'column with the devices’ names')
    .requiredOption('--time <columns>', 'column of the time, or several joined by a space')
    .option('--time-format <format>', 'iso, ms, s, or Luxon tokens such as "dd-MMM-yyyy H" (default: iso)')
    .option('--timezone <zone>', 'IANA zone of times without an offset (default: UTC)')
    .option('--ambiguous <which>', 'instant of a local time that came twice: earlier or later (default: earlier)')
    .option('--quality <column>', 'column of the quality')
    .option('--quality-map <value=quality>', 'valid, suspect or invalid for a value; repeat as needed', collect)
    .option('--missing <values>', 'values that mean nothing was measured (default: empty, NA, NaN, null)')
    .option('--where <column=value>', 'only rows with this value; repeat as needed', collect)
    .option('--delimiter <character>', 'between the columns (default: ,)')
    .option('--locations <file>', 'CSV with the devices’ positions')
    .option('--location-columns <id,lat,lon>', 'its columns (default: id,latitude,longitude)')
    .option('--position <lat,lon>', 'columns of the position in the file itself')
    .option('--at <lat,lon>', 'position of devices that have none elsewhere, in degrees')
    .option('--provider <id>', 'who answers for the devices (default: the city)')
    .option('--shift-to-now [unit]', 'move all times so that the newest is now, by whole hours, or: day, week')
    .option('--shift <hours>', 'move all times by so many hours, as an earlier run said it did')
    .option('--speed <factor>', 'so many times real time (default: as fast as the city takes it)')
    .option('--url <url>', 'the city’s API (default: http://127.0.0.1:8080)')
    .option('--key <key>', 'administrator’s key (others can see it in the list of processes: better --key-file)')
    .option('--key-file <file>', 'file with the key (default: ./data/admin.key)')
    .option('--credentials <file>', 'where the devices’ passwords are kept (default: ./data/replay-credentials.json)')
    .option('--transport <which>', 'mqtt or http (default: mqtt, QoS 1)')
    .option('--mqtt <host:port>', 'the broker (default: 127.0.0.1:1883)')
    .option('--batch <n>', 'readings in one message (default: 1)')
    .option('--in-flight <n>', 'messages sent and not yet acknowledged, at most (default: 256)')
    .option('--give-up <seconds>', 'without an acknowledgement: the city is taken for gone (default: 60)')
    .option('--dry-run', 'print what the first rows become, and send nothing')
    .option('--json', 'print the summary as JSON')
    .action(run);
}
