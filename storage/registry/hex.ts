/** Hashes are kept in hexadecimal: drivers differ in how they give back binary columns. */
export function hex(hash: Uint8Array): string {
  return Buffer.from(hash).toString('hex');
}

export function bytes(hexadecimal: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hexadecimal, 'hex'));
}
