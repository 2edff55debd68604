import type { FormatDecoders } from './format.ts';
import { decodeJson } from './json.ts';

/** Every format the city reads: one line each. What has none here is quarantined as unsupported, and can be replayed once it has. */
export const FORMAT_DECODERS: FormatDecoders = {
  json: decodeJson,
};
