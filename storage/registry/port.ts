import type { Area } from '../../model/area.ts';
import type { Device, Presence, Provider } from '../../model/device.ts';
import type { BBox } from '../../model/geometry.ts';

/** A device to register, already checked against the catalogue, with every default filled in. */
export type DeviceRecord = Device;

export interface DeviceQuery {
  readonly ids?: readonly string[] | undefined;
  readonly domain?: string | undefined;
  readonly kind?: string | undefined;
  readonly provider?: string | undefined;
  readonly bbox?: BBox | undefined;
  readonly tag?: readonly [name: string, value: string] | undefined;
  readonly simulated?: boolean | undefined;
  readonly state?: Device['state'] | undefined;
  /** Text in id or name, without regard to case. */
  readonly search?: string | undefined;
  /** The id of the last device of the page before: lists are ordered by id. */
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

export type PrincipalKind = 'device' | 'observer';

/** What the broker needs to let someone in and to hold it to its topics. */
export interface Principal {
  readonly kind: PrincipalKind;
  readonly username: string;
  /** SHA-256 of the secret. */
  readonly hash: Uint8Array;
  /** The secret before it, and until when it is good beside it (ms since the epoch): what is past counts no more. */
  readonly previous: { readonly hash: Uint8Array; readonly until: number } | null;
  /** The device's own; empty for an observer. */
  readonly domain: string;
  readonly provider: string;
  /** False where the device is retired. */
  readonly active: boolean;
}

/** Whether a device is connected, as last written down. */
export interface DevicePresence extends Presence {
  readonly device: string;
}

/** What was known of connections at one moment. */
export interface Presences {
  /** The moment of the last `putPresences`, RFC 3339; null where there was none. */
  readonly at: string | null;
  /** By device. */
  readonly devices: readonly (DevicePresence & { readonly domain: string })[];
}

/** Which changes of presence are asked for. */
export interface PresenceQuery {
  readonly domain: string;
  /** Undefined for all of the domain. */
  readonly device?: string | undefined;
  /** RFC 3339, inclusive. */
  readonly from: string;
  /** RFC 3339, exclusive. */
  readonly to: string;
  readonly limit: number;
}

/** Who may subscribe to the city over MQTT without being a device. */
export interface Observer {
  readonly username: string;
  /** When its present secret was made, RFC 3339. */
  readonly created: string;
}

/** The administrator's key. It may also be presented without its id: whatever ADMIN_KEY says is presented as it is. */
export const ADMIN_KEY_ID = 'admin';

/** `uplinks` and `quarantine` are for what a provider does with its own devices. */
export const SCOPES = ['admin', 'read', 'restricted', 'uplinks', 'quarantine'] as const;
export type Scope = (typeof SCOPES)[number];

/** An API key: its id is public, its secret is known by its SHA-256 only. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly hash: Uint8Array;
  readonly scopes: readonly Scope[];
  /** Whose devices it is for; null for all. */
  readonly provider: string | null;
  readonly created: string;
}

export interface AuditEntry {
  readonly at: string;
  /** Key id, or `city` for what it does itself. */
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
}

/** An entry at its place in the audit: `id` grows with time. */
export interface AuditRecord extends AuditEntry {
  readonly id: number;
}

/** Newest first; filters narrow. */
export interface AuditQuery {
  readonly actor?: string | undefined;
  /** The whole name, such as `device.create`, or what stands before its dot. */
  readonly action?: string | undefined;
  /** RFC 3339 in UTC, inclusive. */
  readonly from?: string | undefined;
  /** Exclusive. */
  readonly to?: string | undefined;
  /** The id of the last entry of the page before. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** Devices, credentials, providers, areas, keys and the audit of what was done to them. */
export interface Registry {
  /** Registers devices and the hashes of their credentials, all or none. Rejects with CodedError `conflict` naming the ids that exist. Unknown providers are made. */
  addDevices(devices: readonly { device: DeviceRecord; hash: Uint8Array }[]): Promise<void>;
  device(id: string): Promise<Device | undefined>;
  devices(query: DeviceQuery): Promise<readonly Device[]>;
  /** Rejects with CodedError `not-found`. */
  updateDevice(device: DeviceRecord): Promise<void>;
  /** Whether there was one. Its observations stay until retention takes them. */
  deleteDevice(id: string): Promise<boolean>;
  /** Deletes devices with their credentials, all or none; resolves with the ids that there were, in order. */
  deleteDevices(ids: readonly string[]): Promise<readonly string[]>;
  /**
   * Replaces the device's or observer's secret. The one it had stays good until `previousUntil` (ms since the epoch),
   * where given; any older one ends. Rejects with CodedError `not-found`.
   */
  setCredential(username: string, hash: Uint8Array, previousUntil?: number): Promise<void>;
  principal(username: string): Promise<Principal | undefined>;
  /** What the broker knew of connections when it last wrote it down. */
  presences(): Promise<Presences>;
  /** Writes what changed by `at` (RFC 3339), in its order, which may be nothing; a device that is not registered is left out. */
  putPresences(at: string, changed: readonly DevicePresence[]): Promise<void>;
  /**
   * At most `limit` changes of presence of registered devices, by device and in order of time: those within the range, and
   * of each device the last one before it, which still held when it began.
   */
  presenceChanges(query: PresenceQuery): Promise<readonly DevicePresence[]>;
  /** Forgets the changes before a moment (RFC 3339) but the last of each device; resolves with how many went. */
  expirePresenceChanges(before: string): Promise<number>;
  addObserver(username: string, hash: Uint8Array): Promise<void>;
  /** By user name. */
  observers(): Promise<readonly Observer[]>;
  /** Whether there was one. */
  deleteObserver(username: string): Promise<boolean>;
  providers(): Promise<readonly Provider[]>;
  /** Makes the provider or changes its name and mark. */
  putProvider(provider: Provider): Promise<void>;
  /** Whether there was one. Rejects with CodedError `conflict` while it has devices. */
  deleteProvider(id: string): Promise<boolean>;
  /** Areas an operator imported; empty until then. */
  areas(): Promise<readonly Area[]>;
  /** Replaces all areas of the level, all or none. */
  replaceAreas(level: Area['level'], areas: readonly Area[]): Promise<void>;
  addKey(key: ApiKey): Promise<void>;
  key(id: string): Promise<ApiKey | undefined>;
  keys(): Promise<readonly ApiKey[]>;
  removeKey(id: string): Promise<boolean>;
  audit(entry: AuditEntry): Promise<void>;
  audits(query: AuditQuery): Promise<readonly AuditRecord[]>;
  /** Writes a consistent copy to the file `path`, while others write. Rejects where the file is there already. */
  backup(path: string): Promise<void>;
  close(): Promise<void>;
}
