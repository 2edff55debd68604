import type { Reason } from '../model/reason.ts';

/** Why a message or one of its observations was set aside. `detail` is for the device's maker: it names the fault. */
export interface Rejection {
  readonly reason: Reason;
  readonly detail: string;
}

/** A rejected observation: which metric of which reading it was. */
export interface ObservationRejection extends Rejection {
  readonly metric: string;
}

export const isRejection = (value: object): value is Rejection => 'reason' in value;
