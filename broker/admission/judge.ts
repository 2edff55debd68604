import type { ConnectPacket } from 'aedes';
import type { Logger } from 'pino';
import type { BrokerConfig } from '../config.ts';
import type { Peer } from '../doors/peer.ts';
import type { Credentials } from './credentials.ts';
import { mayPublish } from './policy.ts';
import type { Principals } from './principals.ts';
import type { Identity } from './proof.ts';

/** CONNACK return codes (MQTT 3.1.1, section 3.2.2.3). */
export const IDENTIFIER_REJECTED = 2;
export const SERVER_UNAVAILABLE = 3;
export const BAD_CREDENTIAL = 4;
export const NOT_AUTHORIZED = 5;
export type ReturnCode = 2 | 3 | 4 | 5;

interface JudgeDeps {
  readonly principals: Principals;
  readonly credentials: Credentials;
  readonly config: Pick<BrokerConfig, 'maxClientIdLength'>;
  readonly log: Logger;
}

/** Says who is behind a CONNECT, or with which return code it is refused. What is cheap to see comes first. */
export type Judge = (packet: ConnectPacket, peer: Peer) => Promise<Identity | ReturnCode>;

export function createJudge({ principals, credentials, config, log }: JudgeDeps): Judge {
  /** By its certificate a device needs no password; any other user name than the certificate's is refused. */
  async function byCertificate(certificate: string, { username, password }: ConnectPacket, { address }: Peer) {
    if (username && username !== certificate) return NOT_AUTHORIZED;
    const found = await principals.certified(certificate);
    if (typeof found !== 'string') return found;
    // An observer reads the whole city: a certificate alone, which a maker of devices may have signed, is not enough.
    const observer = (await principals.find(certificate))?.kind === 'observer';
    return observer && password ? bySecret(certificate, password.toString(), address) : NOT_AUTHORIZED;
  }

  async function bySecret(username: string, secret: string, address: string): Promise<Identity | ReturnCode> {
    const found = await credentials.check(address, username, secret);
    if (found === 'unknown') return BAD_CREDENTIAL;
    if (found === 'retired') return NOT_AUTHORIZED;
    return 'waitMs' in found ? SERVER_UNAVAILABLE : found;
  }

  return async (packet, peer) => {
    const { clientId, username, password, will } = packet;
    if (clientId.length > config.maxClientIdLength) return IDENTIFIER_REJECTED;
    // MQTT-3.1.3-8
    if (clientId === '' && packet.clean === false) return IDENTIFIER_REJECTED;
    let found: Identity | ReturnCode;
    try {
      if (peer.certificate !== undefined) found = await byCertificate(peer.certificate, packet, peer);
      else if (username && password) found = await bySecret(username, password.toString(), peer.address);
      else return BAD_CREDENTIAL;
    } catch (error) {
      log.warn({ err: error }, 'the registry does not answer: a client was turned away');
      return SERVER_UNAVAILABLE;
    }
    if (typeof found === 'object' && will && !mayPublish(found.principal, will.topic)) return NOT_AUTHORIZED;
    return found;
  };
}
