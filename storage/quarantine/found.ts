import { createHash } from 'node:crypto';
import { yieldToOthers } from '../batches.ts';
import type { JournalEntry, JournalReader } from '../journal/port.ts';
import type { Claim, QuarantineStore } from './port.ts';

/** Journal records read at a time. */
const READ = 2_000;

/** What a message is known by in quarantine and journal alike; provider and domain may have changed in between. */
function nameOf({ device, received, format, payload }: Omit<JournalEntry, 'domain' | 'provider'>): string {
  return `${device} ${received} ${format} ${createHash('sha256').update(payload).digest('base64')}`;
}

/** Claims that look for their message: each is found once, and by one record only. */
class Wanted {
  readonly #claims = new Map<string, readonly Claim[]>();
  readonly #devices = new Set<string>();

  get size(): number {
    return this.#claims.size;
  }

  add(claim: Claim, message: JournalEntry): void {
    const name = nameOf(message);
    this.#devices.add(message.device);
    this.#claims.set(name, [...(this.#claims.get(name) ?? []), claim]);
  }

  /** The claim that a record answers, which is looked for no more. */
  take(record: JournalEntry & { readonly seq: number }): Claim | undefined {
    if (!this.#devices.has(record.device)) return undefined;
    const name = nameOf(record);
    const same = this.#claims.get(name) ?? [];
    const claim = same.find(({ head }) => head < record.seq);
    const others = same.filter((each) => each !== claim);
    if (others.length > 0) this.#claims.set(name, others);
    else this.#claims.delete(name);
    return claim;
  }
}

/** Those of the claimed messages that stand in the journal behind the head of their claim. */
export async function claimsFound(
  claims: readonly Claim[],
  quarantine: Pick<QuarantineStore, 'message'>,
  journal: Pick<JournalReader, 'read'>,
): Promise<readonly number[]> {
  const wanted = new Wanted();
  for (const claim of claims) {
    const message = await quarantine.message(claim.seq);
    if (message) wanted.add(claim, message);
  }
  const found: number[] = [];
  for (let after = Math.min(...claims.map(({ head }) => head)); wanted.size > 0; await yieldToOthers()) {
    const records = journal.read(after, READ);
    found.push(...records.flatMap((record) => wanted.take(record)?.seq ?? []));
    const last = records.at(-1);
    if (!last) break;
    after = last.seq;
  }
  return found;
}
