import { PRODUCTS } from '../decoders/registry.ts';
import type { FormatDecoders } from './format.ts';
import { decodeJson } from './json.ts';
import { decodeLine } from './line/decode.ts';
import { decodeSenmlCbor } from './senml/cbor.ts';
import { decodeSenml } from './senml/json.ts';
import { uplinkDecoder } from './uplink.ts';

/** Every format the city reads: one line each. What has none here is quarantined as unsupported, and can be replayed once it has. */
export const FORMAT_DECODERS: FormatDecoders = {
  json: decodeJson,
  senml: decodeSenml,
  'senml-cbor': decodeSenmlCbor,
  line: decodeLine,
  tts: uplinkDecoder('tts', PRODUCTS),
  chirpstack: uplinkDecoder('chirpstack', PRODUCTS),
};
