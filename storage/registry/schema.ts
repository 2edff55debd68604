import type { Generated } from 'kysely';
import type { Area } from '../../model/area.ts';
import type { Device } from '../../model/device.ts';
import type { PrincipalKind } from './port.ts';

/**
 * The registry's tables, the same in SQLite and PostgreSQL. What is searched or ordered by has a column; the rest is
 * JSON as text in `details`, which also carries what a text column cannot (U+0000, lone surrogates).
 */
export interface RegistrySchema {
  devices: DeviceRow;
  device_tags: { device: string; name: string; value: string };
  credentials: CredentialRow;
  providers: { id: string; simulated: number; details: string };
  presences: PresenceRow;
  /** Every change of presence; those of the same moment in the order of `id`. */
  presence_changes: PresenceRow & { id: Generated<number> };
  /** One row, id 1. */
  presence_clock: { id: number; at: string };
  areas: { level: Area['level']; id: string; details: string };
  api_keys: { id: string; created: string; details: string };
  audits: { id: Generated<number>; at: string; actor: string; action: string; details: string };
}

export interface DeviceRow {
  id: string;
  domain: string;
  kind: string;
  provider: string;
  state: Device['state'];
  /** 0 or 1. */
  simulated: number;
  /** The representative point of the geometry; null where the device moves. */
  lon: number | null;
  lat: number | null;
  /** Folded id, a line feed, folded name. */
  search: string;
  created: string;
  updated: string;
  details: string;
}

export interface PresenceRow {
  device: string;
  /** 0 or 1. */
  online: number;
  since: string;
  reason: string;
}

/** The present secret of a user name is in `slot` 0; in 1 is the one before it, while that is still good. */
export interface CredentialRow {
  username: string;
  slot: number;
  kind: PrincipalKind;
  /** SHA-256 in hexadecimal. */
  hash: string;
  created: string;
  /** In slot 1: until when, ms since the epoch. */
  until: number | null;
}
