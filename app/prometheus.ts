import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Ledger } from '../model/ledger.ts';

export interface MetricSources {
  readonly ledger: () => Ledger;
  /** Numbers of the devices' door, by name. */
  readonly broker: () => Readonly<Record<string, number>>;
  /** Entries appended to the journal and not yet flushed. */
  readonly waiting: () => number;
  readonly storeAvailable: () => boolean;
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
  gauge('nhip_series', 'Series with a newest value in memory.', sources.series);
  return () => registry.metrics();
}
