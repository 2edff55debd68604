import { withTool } from '../helpers/tools.ts';
import { chain } from './chain.ts';

await withTool(['mosquitto_pub'], 'the chain on embedded defaults', () => chain('DuckDB', async () => ({})));
