import type { Catalogue } from '../model/catalogue.ts';
import { CITY_PROVIDER, type Device, type DevicePatch, type NewDevice } from '../model/device.ts';
import type { Geometry, Position } from '../model/geometry.ts';
import type { Problem } from '../model/problem.ts';

type Errors = NonNullable<Problem['errors']>;

/** A device ready for the registry, or what is wrong with it. */
export type Registration = { readonly device: Device } | { readonly errors: Errors };

/** What a kind's geometry asks of a device's: GeoJSON types, and whether there may be none. */
const FITS = {
  point: { types: ['Point'], none: false },
  line: { types: ['LineString'], none: false },
  moving: { types: ['Point'], none: true },
} as const;

function geometryOf(given: { position?: Position | undefined; geometry?: Geometry | undefined }): Geometry | undefined {
  return given.position ? { type: 'Point', coordinates: given.position } : given.geometry;
}

function unfit(kind: { id: string; geometry: keyof typeof FITS }, geometry: Geometry | null): Errors {
  const { types, none } = FITS[kind.geometry];
  if (geometry === null)
    return none ? [] : [{ path: 'geometry', message: `a ${kind.id} needs a ${types.join(' or ')}` }];
  if (types.some((type) => type === geometry.type)) return [];
  return [{ path: 'geometry', message: `a ${kind.id} has a ${types.join(' or ')}, not a ${geometry.type}` }];
}

/** Checks a new device against the catalogue and fills in the defaults. */
export function register(given: NewDevice, catalogue: Catalogue, at: string): Registration {
  const domain = catalogue.domain(given.domain);
  if (!domain) return { errors: [{ path: 'domain', message: `there is no domain ${given.domain}` }] };
  const kind = catalogue.kind(domain.id, given.kind);
  if (!kind) {
    const kinds = domain.kinds.map(({ id }) => id).join(', ');
    return { errors: [{ path: 'kind', message: `${domain.id} has no kind ${given.kind}; it has ${kinds}` }] };
  }
  const geometry = geometryOf(given) ?? null;
  const errors = unfit(kind, geometry);
  if (errors.length > 0) return { errors };
  const { id, name, provider = CITY_PROVIDER, tags = {}, simulated = false } = given;
  return {
    device: {
      ...{ id, domain: domain.id, kind: kind.id, name, geometry, provider, tags, simulated },
      ...{ state: 'active', created: at, updated: at },
    },
  };
}

/** A device with a change applied, or what is wrong with the change. */
export function amend(device: Device, patch: DevicePatch, catalogue: Catalogue, at: string): Registration {
  const geometry = geometryOf(patch) ?? device.geometry;
  const kind = catalogue.kind(device.domain, device.kind);
  const errors = kind ? unfit(kind, geometry) : [];
  if (errors.length > 0) return { errors };
  const { name = device.name, tags = device.tags, state = device.state } = patch;
  return { device: { ...device, name, tags, state, geometry, updated: at } };
}
