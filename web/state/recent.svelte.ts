import { PLACE_TYPES } from '../places/place.ts';
import { HIT_TYPES, type Hit } from './search.ts';
import { fieldsOf, keep, readKept } from './storage.ts';

const KEPT = 'nhip.recent';
const VERSION = 1;
/** More than are seen at a glance help nobody. */
const MOST = 6;

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.length > 0 && value.length <= 200 ? value : undefined;

/** A hit as it was kept; undefined for whatever is not one. */
function hitOf(value: unknown): Hit | undefined {
  const fields = fieldsOf(value);
  const name = fieldsOf(fields?.name);
  const type = HIT_TYPES.find((known) => known === fields?.type);
  const place = PLACE_TYPES.find((known) => known === fields?.place);
  const [id, vi, en] = [text(fields?.id), text(name?.vi), text(name?.en)];
  if (type === undefined || id === undefined || vi === undefined || en === undefined) return undefined;
  if (type === 'place' && place === undefined) return undefined;
  const domain = text(fields?.domain) ?? null;
  return { type, id, domain, name: { vi, en }, simulated: fields?.simulated === true, ...(place && { place }) };
}

function kept(): readonly Hit[] {
  const fields = fieldsOf(readKept(KEPT));
  if (fields?.version !== VERSION || !Array.isArray(fields.hits)) return [];
  return fields.hits.flatMap((each) => hitOf(each) ?? []).slice(0, MOST);
}

/** What was gone to by searching, the newest first; kept in this browser only. */
export class Recent {
  hits: readonly Hit[] = $state.raw(kept());

  add(hit: Hit): void {
    this.hits = [hit, ...this.hits.filter(({ type, id }) => type !== hit.type || id !== hit.id)].slice(0, MOST);
    keep(KEPT, { version: VERSION, hits: this.hits });
  }

  forget(): void {
    this.hits = [];
    keep(KEPT, { version: VERSION, hits: [] });
  }
}
