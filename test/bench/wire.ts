/**
 * A text as it comes from a socket: in one piece. A concatenation or a slice is flattened at its
 * first use, which would be charged to whoever reads it first.
 */
export function fromSocket(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
