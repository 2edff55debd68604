import { z } from 'zod';

/** The SenML version that the city understands (RFC 8428, section 4.4). */
export const SENML_VERSION = 10;

/** Characters of a name or a base name: the base is put before every name of the pack, so a long one costs as often. */
export const SENML_NAME_AT_MOST = 500;
const name = z.string().max(SENML_NAME_AT_MOST);

const value = (type: 'number' | 'string' | 'boolean', description: string) =>
  z.unknown().optional().meta({ type, description });

/**
 * A SenML Record (RFC 8428, section 5; the same labels in CBOR). Base fields, name, unit and time must be of their
 * types, since the records behind depend on them; a value is judged by itself and takes no neighbour along. Fields that
 * are not known are ignored.
 */
export const SenmlRecord = z
  .object({
    bn: name.optional().meta({ description: 'Base Name, put before each name.' }),
    bt: z.number().optional().meta({ description: 'Base Time in seconds, added to each time.' }),
    bu: z.string().optional().meta({ description: 'Base Unit, for records without a unit.' }),
    bv: z.number().optional().meta({ description: 'Base Value, added to each value.' }),
    bs: z.number().optional().meta({ description: 'Base Sum, added to each sum.' }),
    bver: z
      .number()
      .optional()
      .meta({ description: `Base Version, at most ${SENML_VERSION}.` }),
    n: name.optional().meta({ description: 'Name: the metric is what stands behind its last ":" or "/".' }),
    u: z.string().optional().meta({ description: 'Unit of the SenML registry, or a UCUM code.' }),
    t: z.number().optional().meta({
      description: 'Time in seconds: since the epoch from 2^28 on, else relative to the receipt.',
    }),
    ut: z.number().optional().meta({ description: 'Update Time; not kept.' }),
    v: value('number', 'Value: the only one that is stored.'),
    vs: value('string', 'String Value: quarantined.'),
    vb: value('boolean', 'Boolean Value: quarantined.'),
    vd: value('string', 'Data Value (base64url; a byte string in CBOR): quarantined.'),
    s: value('number', 'Sum; not kept, and quarantined where there is no value beside it.'),
  })
  .meta({ id: 'SenmlRecord' });
export type SenmlRecord = z.infer<typeof SenmlRecord>;

/** A SenML Pack: what a device sends as `application/senml+json`, and with integer labels as `application/senml+cbor`. */
export const SenmlPack = z.array(SenmlRecord).meta({
  id: 'SenmlPack',
  example: [
    { bn: 'urn:dev:mac:0024befffe804ff1:', bt: 1_764_000_000, n: 'mean_speed', u: 'km/h', v: 31.5 },
    { n: 'vehicle_count', v: 12 },
  ],
});
export type SenmlPack = z.infer<typeof SenmlPack>;
