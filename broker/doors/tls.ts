import { constants, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions, type TLSSocket } from 'node:tls';
import { DeviceId } from '../../model/device.ts';
import type { ClientCertificates, TlsFiles } from '../config.ts';

/** Forward secrecy and authenticated encryption only: no CBC, no RSA key exchange, no DHE, no SHA-1 (RFC 9325, section 4.2). */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
];
const CURVES = ['X25519', 'prime256v1', 'secp384r1'];
const BLOCK = /-----BEGIN (CERTIFICATE|X509 CRL)-----[\s\S]+?-----END \1-----/g;

/** Certificates of authorities and revocation lists in one PEM text. Throws where there is no certificate among them. */
function authorities(pem: string): Pick<SecureContextOptions, 'ca' | 'crl'> {
  const blocks = [...pem.matchAll(BLOCK)];
  const of = (type: string) => blocks.filter(([, found]) => found === type).map(([block]) => block);
  const ca = of('CERTIFICATE');
  // With an empty list every public authority of the world would be good for a device's certificate.
  if (ca.length === 0) throw new Error('there is no certificate in TLS_CA');
  for (const each of ca) new X509Certificate(each);
  const crl = of('X509 CRL');
  return crl.length === 0 ? { ca } : { ca, crl };
}

/** What a handshake is made with. Throws where the files cannot be used together: then nothing of them is. */
export function contextOptions({ cert, key, ca }: TlsFiles): SecureContextOptions {
  const options: SecureContextOptions = {
    cert,
    key,
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS.join(':'),
    honorCipherOrder: true,
    ecdhCurve: CURVES.join(':'),
    ...(ca === undefined ? {} : authorities(ca.toString())),
    // A session that is taken up again shows no certificate, so one that was revoked meanwhile would still be good.
    ...(ca === undefined ? {} : { secureOptions: constants.SSL_OP_NO_TICKET }),
  };
  createSecureContext(options);
  return options;
}

/** Whether clients are asked for a certificate, and turned away in the handshake without a good one. */
export function certificatePolicy({ ca }: TlsFiles, clients: ClientCertificates) {
  return { requestCert: ca !== undefined, rejectUnauthorized: ca !== undefined && clients === 'require' };
}

/**
 * The device that a client's certificate names, by the common name of its subject and nothing else: one name, and a
 * device's id. `none` where it showed no certificate; undefined where it showed one that is not good or names nobody.
 */
export function certifiedDevice(socket: TLSSocket): string | 'none' | undefined {
  if (socket.getPeerX509Certificate() === undefined) return 'none';
  if (!socket.authorized) return undefined;
  const names: unknown = socket.getPeerCertificate().subject.CN;
  return typeof names === 'string' && DeviceId.safeParse(names).success ? names : undefined;
}

/** When the first of the certificates that the city shows ends, for the log. */
export function validUntil({ cert }: TlsFiles): Date {
  return new Date(new X509Certificate(cert).validTo);
}
