import { describe, expect, it } from '@jest/globals';
import { defineSecureCookie } from '../../lib/definition/secure-cookie-definition.js';
import { registrationSubject } from '../../lib/device-bound/bound-sessions.js';

/** The memory that Node gives short Buffers away from, a piece at a time. */
function pool(): Uint8Array {
  return new Uint8Array(Buffer.from('x').buffer);
}

function holds(memory: Uint8Array, text: string): boolean {
  return Buffer.from(memory.buffer).includes(text);
}

describe("Node's shared Buffer pool", () => {
  it('would show a copy', () => {
    Buffer.from(new TextEncoder().encode('a copied plaintext'));

    expect(holds(pool(), 'a copied plaintext')).toBe(true);
  });

  it.each([
    ['text', defineSecureCookie('text'), 'a text that is read'],
    ['json', defineSecureCookie('json', { codec: 'json' }), '"a json text that is read"'],
  ])('holds nothing of a payload that is decoded: %s', (_codec, definition, payload) => {
    const before = pool();
    const bytes = new TextEncoder().encode(payload);

    expect(definition.decode(bytes)).toHaveProperty('value');
    expect([before, pool()].some((memory) => holds(memory, payload))).toBe(false);
  });

  it('holds nothing of a session that is to be bound to a device', () => {
    const before = pool();
    const payload = new TextEncoder().encode('a session to be bound');
    const subject = registrationSubject(defineSecureCookie('session'), {
      payload,
      firstIssuedAt: 1_300_000_000,
    });

    expect(subject).toEqual([
      'registration',
      'session',
      '1300000000',
      btoa('a session to be bound'),
    ]);
    expect([before, pool()].some((memory) => holds(memory, 'a session to be bound'))).toBe(false);
  });

  it('holds nothing of a value that is encoded', () => {
    const before = pool();
    defineSecureCookie('text').encode('a text that is written');

    expect([before, pool()].some((memory) => holds(memory, 'a text that is written'))).toBe(false);
  });
});
