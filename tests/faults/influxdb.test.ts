import { withTool } from '../helpers/tools.ts';
import { inShort } from './harness/in-short.ts';
import { influxdb } from './scenarios/influxdb.ts';

await withTool(['influxd'], 'with a real influxd', () => inShort(influxdb));
