import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

export interface KeyPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

export interface Authority {
  readonly cert: Buffer;
  /** A certificate for a subject such as `/CN=cam-1`. */
  issue(subject: string): Promise<KeyPair>;
  /** The list of those certificates of its own that are good no more. */
  revoke(...certificates: KeyPair[]): Promise<Buffer>;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const CONFIG = `[ca]
default_ca = a
[a]
database = index.txt
crlnumber = crlnumber
default_md = sha256
default_crl_days = 2
`;

/** An authority that signs certificates of clients and servers, in a folder that goes with the test. */
export async function authority(name: string): Promise<Authority> {
  const folder = await mkdtemp(path.join(tmpdir(), 'nhip-ca-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const openssl = (...args: string[]) => promisify(execFile)('openssl', args, { cwd: folder });
  const read = (file: string) => readFile(path.join(folder, file));
  const own = ['-keyout', 'ca.key', '-out', 'ca.pem'];
  await openssl('req', '-x509', ...NEW_KEY, '-days', '2', '-subj', `/CN=${name}`, ...own);
  for (const [file, text] of [
    ['ca.cnf', CONFIG],
    ['index.txt', ''],
    ['crlnumber', '01\n'],
    ['san.cnf', 'subjectAltName=DNS:localhost\n'],
  ] as const)
    await writeFile(path.join(folder, file), text);
  let issued = 0;
  return {
    cert: await read('ca.pem'),
    async issue(subject) {
      issued += 1;
      const serial = `${issued}`;
      const [key, request, cert] = [`${serial}.key`, `${serial}.csr`, `${serial}.pem`];
      await openssl('req', '-new', ...NEW_KEY, '-subj', subject, '-keyout', key, '-out', request);
      const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', serial, '-extfile', 'san.cnf'];
      await openssl('x509', '-req', '-in', request, ...signing, '-days', '2', '-out', cert);
      return { cert: await read(cert), key: await read(key) };
    },
    async revoke(...certificates) {
      const signing = ['-config', 'ca.cnf', '-keyfile', 'ca.key', '-cert', 'ca.pem'];
      for (const { cert } of certificates) {
        await writeFile(path.join(folder, 'revoked.pem'), cert);
        await openssl('ca', ...signing, '-revoke', 'revoked.pem');
      }
      await openssl('ca', ...signing, '-gencrl', '-out', 'crl.pem');
      return await read('crl.pem');
    },
  };
}
