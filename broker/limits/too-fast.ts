import type { Logger } from 'pino';
import { instant } from '../../model/observation.ts';
import type { Principals } from '../admission/principals.ts';
import type { BrokerConfig } from '../config.ts';
import type { Notices } from '../rejected.ts';
import type { Limited } from './budget.ts';

interface TooFastDeps {
  readonly principals: Pick<Principals, 'find'>;
  readonly notices: Pick<Notices, 'tell'>;
  readonly config: Pick<BrokerConfig, 'deviceRate' | 'providerRate'>;
  readonly log: Logger;
}

/** Tells a device on its `rejected` topic at which limit it is, and the operator that it is. */
export function tooFast({ principals, notices, config, log }: TooFastDeps): (device: string, whose: Limited) => void {
  const detail: Readonly<Record<Limited, string>> = {
    device: `at most ${config.deviceRate} messages a second of one device are taken: it is read more slowly, and nothing is lost`,
    provider: `at most ${config.providerRate} messages a second of one provider’s devices together are taken: they are read more slowly, and nothing is lost`,
  };
  async function tell(device: string, whose: Limited): Promise<void> {
    log.info({ device, limit: whose }, 'a device sends faster than it may');
    const principal = await principals.find(device);
    if (principal?.kind !== 'device') return;
    const received = instant(Date.now());
    await notices.tell(principal.domain, device, {
      reason: 'too-fast',
      detail: detail[whose],
      received,
      metric: null,
    });
  }
  return (device, whose) => {
    tell(device, whose).catch((error: unknown) => log.warn({ err: error, device }, 'a device could not be told'));
  };
}
