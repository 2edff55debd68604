import type { Logger } from 'pino';
import type { Broker } from '../broker/broker.ts';
import { BrokerConfig } from '../broker/config.ts';
import type { Closing } from './closing.ts';
import { type Config, ConfigError } from './config.ts';
import { followTlsFiles, readTlsFiles } from './tls-files.ts';

/** The broker's limits as the city's settings have them. */
export function brokerConfig(config: Config): BrokerConfig {
  return BrokerConfig.parse({
    presenceGraceMs: config.PRESENCE_GRACE,
    deviceRate: config.DEVICE_RATE,
    providerRate: config.PROVIDER_RATE,
    proxyProtocol: config.PROXY_PROTOCOL,
    trustedProxies: config.TRUSTED_PROXIES,
  });
}

interface Surroundings {
  readonly closing: Closing;
  readonly progress: (line: string) => void;
  readonly log: Logger;
}

/** Opens MQTT and, where it is set, MQTTS, whose files are followed. Answers where the city's own fleet connects. */
export async function openMqtt(
  broker: Broker,
  config: Config,
  { closing, progress, log }: Surroundings,
): Promise<{ readonly host: string; readonly port: number }> {
  const { MQTT_HOST: host } = config;
  const mqtt = await broker.listenMqtt(host, config.MQTT_PORT);
  progress(`mqtt mqtt://${host}:${mqtt.port}`);
  if (config.MQTTS_PORT !== undefined) {
    const files = await readTlsFiles(config);
    const mqtts = await broker
      .listenMqtts(host, config.MQTTS_PORT, files, config.TLS_CLIENT_CERT)
      .catch((error: unknown) => {
        throw isTlsFault(error) ? new ConfigError(`TLS_CERT, TLS_KEY or TLS_CA: ${error.message}`) : error;
      });
    progress(`mqtts mqtts://${host}:${mqtts.port}`);
    closing.add(followTlsFiles(config, mqtts.reload, log));
  }
  if (!config.PROXY_PROTOCOL || config.SIMULATE === 0) return { host, port: mqtt.port };
  // Where this machine's own address is a proxy's, the fleet would have to speak the PROXY protocol.
  const inside = '127.0.0.1';
  return { host: inside, port: (await broker.listenMqtt(inside, 0, { behindProxy: false })).port };
}

/** Anything but what the system says of the port itself. */
function isTlsFault(error: unknown): error is Error {
  return error instanceof Error && !('syscall' in error);
}
