import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Ledger } from '../model/ledger.ts';
import type { Backlog } from '../storage/journal/backlog.ts';

export interface MetricSources {
  readonly ledger: () => Ledger;
  /** Numbers of the devices' door, by name. */
  readonly broker: () => Readonly<Record<string, number>>;
  /** Entries appended to the journal and not yet flushed. */
  readonly waiting: () => number;
  readonly storeAvailable: () => boolean;
  readonly backlog: Pick<Backlog, 'bytes' | 'limit' | 'alarm' | 'full'>;
  /** Whether every day that was to be archived was. */
  readonly archiveOk: () => boolean;
  readonly series: () => number;
}

/** The city's own figures and the process's in Prometheus' text format (version 0.0.4). */
export function createMetrics(sources: MetricSources): () => Promise<string> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  };
  const labelled = (name: string, help: string, read: () => Readonly<Record<string, number>>): void => {
    new Gauge({
      name,
      help,
      labelNames: ['kind'],
      registers: [registry],
      collect() {
        for (const [kind, value] of Object.entries(read())) this.set({ kind }, value);
      },
    });
  };
  labelled('nhip_messages', 'Messages by what became of them.', () => sources.ledger().messages);
  labelled('nhip_observations', 'Observations by what became of them.', () => sources.ledger().observations);
  labelled('nhip_broker', 'Figures of the MQTT broker.', sources.broker);
  gauge('nhip_journal_waiting', 'Entries appended and not yet flushed.', sources.waiting);
  gauge('nhip_store_available', '1 while the telemetry store answers.', () => (sources.storeAvailable() ? 1 : 0));
  gauge('nhip_backlog_bytes', 'Bytes in the journal that are not stored yet.', sources.backlog.bytes);
  gauge('nhip_backlog_limit_bytes', 'Bytes at which devices are turned away.', () => sources.backlog.limit);
  gauge('nhip_backlog_alarm', '1 from three quarters of the limit on.', () => (sources.backlog.alarm() ? 1 : 0));
  gauge('nhip_backlog_full', '1 while devices are turned away.', () => (sources.backlog.full() ? 1 : 0));
  gauge('nhip_archive_ok', '0 while days that are due cannot be archived.', () => (sources.archiveOk() ? 1 : 0));
  gauge('nhip_series', 'Series with a newest value in memory.', sources.series);
  return () => registry.metrics();
}
