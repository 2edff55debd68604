import type { Domain } from '../../model/domain.ts';
import { DOMAINS } from '../../model/domains/index.ts';
import { boschParkingLot } from './bosch.ts';
import { DECENTLAB } from './decentlab.ts';
import type { PayloadDecoder } from './decoder.ts';
import { elsys } from './elsys.ts';
import { MILESIGHT } from './milesight.ts';
import { netvoxR72624 } from './netvox.ts';
import { tektelicComfort } from './tektelic.ts';

/** Every payload decoder, by the id that kinds name. */
export const DECODERS: ReadonlyMap<string, PayloadDecoder> = new Map(
  Object.entries({
    elsys,
    ...MILESIGHT,
    ...DECENTLAB,
    'tektelic-comfort': tektelicComfort,
    'bosch-parking-lot': boschParkingLot,
    'netvox-r72624': netvoxR72624,
  }),
);

/** How payloads of a kind of device become readings: its decoder, and the maker's name of each metric. */
export interface Product {
  readonly decode: PayloadDecoder;
  readonly values: Readonly<Record<string, string>>;
}

/** The LoRaWAN products among the kinds, by kind. A kind whose decoder is not there is none. */
export type Products = ReadonlyMap<string, Product>;

export function productsOf(domains: readonly Domain[], decoders = DECODERS): Products {
  const products = new Map<string, Product>();
  for (const { id, lorawan } of domains.flatMap(({ kinds }) => kinds)) {
    const decode = lorawan && decoders.get(lorawan.decoder);
    if (decode) products.set(id, { decode, values: lorawan.values });
  }
  return products;
}

/** The products of the city's own rows. */
export const PRODUCTS: Products = productsOf(DOMAINS);
