import type { IncomingHttpHeaders } from 'node:http';
import {
  defineSecureCookie,
  SecureCookieReader,
  SecureCookieSigner,
  type SecureCookieDefinition,
  type SecureCookieKeys,
  type SecureCookieRevocations,
} from 'nestjs-secure-cookie';
import { BoundSessions } from '../../../lib/device-bound/bound-sessions.js';
import {
  DeviceBoundEndpoints,
  type EndpointAnswer,
} from '../../../lib/device-bound/device-bound-endpoints.js';
import { CookieDefaults } from '../../../lib/jar/cookie-defaults.js';
import { signDated } from '../../../lib/signing/secure-cookie-signer.js';
import { SECRET } from '../../support/secrets.js';
import { SoftwareDevice } from '../../support/software-device.js';

export const NOW = 1_300_000_000;

export const Session = defineSecureCookie('__Host-session', {
  maxAge: 3600,
  deviceBound: { for: 300 },
});

/** Their cookies, challenges and headers, as a server and a browser exchange them, without either. */
export class EndpointClient {
  now = NOW;
  readonly cookies = new Map<string, string>();
  readonly device: SoftwareDevice;
  signer: SecureCookieSigner;
  readonly sessions: BoundSessions;
  /** Its last one. */
  challenge = '';
  identifier = '';
  readonly #definition: SecureCookieDefinition<string, unknown>;
  readonly #revocations: SecureCookieRevocations | undefined;

  constructor({
    definition = Session,
    others = [],
    keys = { secret: SECRET },
    device = new SoftwareDevice(),
    revocations,
  }: {
    readonly definition?: SecureCookieDefinition<string, unknown>;
    readonly others?: readonly SecureCookieDefinition<never, unknown>[];
    readonly keys?: SecureCookieKeys;
    readonly device?: SoftwareDevice;
    readonly revocations?: (signer: SecureCookieSigner) => SecureCookieRevocations;
  } = {}) {
    this.#definition = definition;
    this.device = device;
    this.signer = new SecureCookieSigner({ ...keys, clock: () => this.now });
    this.sessions = new BoundSessions('/device-bound', [...others, definition]);
    this.#revocations = revocations?.(this.signer);
  }

  get endpoints(): DeviceBoundEndpoints {
    return new DeviceBoundEndpoints(this.sessions, this.signer, this.#revocations);
  }

  get header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** What an app's route finds. */
  read() {
    return new SecureCookieReader(this.signer, this.header, {
      revocations: this.#revocations,
    }).verify(this.#definition);
  }

  /** A login: the cookie of a session, and the challenge that comes with it. */
  logIn(value = 'alice'): void {
    const { name, encrypt } = this.#definition;
    const payload = this.#definition.encode(value);
    const firstIssuedAt = this.now;
    const date = Buffer.alloc(5);
    date.writeUIntBE(firstIssuedAt, 0, 5);
    const framed = Buffer.concat([Buffer.of(0xfe, 0x01), date, payload]);
    this.cookies.set(name, this.signer.sign(name, framed, { encrypt }));
    const begun = { payload, firstIssuedAt };
    const header = this.sessions.registration(this.#definition, begun, this.signer) ?? '';
    this.challenge = /challenge="([^"]+)"/.exec(header)?.[1] ?? '';
  }

  register(proof = this.device.registration(this.challenge)): EndpointAnswer {
    return this.#take('register', { 'secure-session-response': proof });
  }

  /** With a proof, or asking for a challenge. */
  refresh(proof?: string, headers: IncomingHttpHeaders = {}): EndpointAnswer {
    return this.#take('refresh', {
      'sec-secure-session-id': this.identifier,
      ...(proof !== undefined && { 'secure-session-response': proof }),
      ...headers,
    });
  }

  /** As a browser does: it asks, and answers. */
  refreshed(): EndpointAnswer {
    const asked = this.refresh();
    return asked.status === 403 ? this.refresh(this.device.refresh(this.challenge)) : asked;
  }

  /** Logged in and bound. */
  static bound(options: ConstructorParameters<typeof EndpointClient>[0] = {}): EndpointClient {
    const client = new EndpointClient(options);
    client.logIn();
    client.register();
    return client;
  }

  #take(endpoint: 'register' | 'refresh', headers: IncomingHttpHeaders): EndpointAnswer {
    const defaults = new CookieDefaults({}, this.signer.maxAge);
    const answer = this.endpoints[endpoint]({ cookie: this.header, ...headers }, (definition) =>
      defaults.ofDefinition(definition, { isSecure: () => true }),
    );
    for (const { name, value, issuedAt, encrypt, attributes } of answer.cookies) {
      if (value === undefined || attributes.maxAge === 0) {
        this.cookies.delete(name);
      } else {
        this.cookies.set(name, signDated(this.signer, name, value, encrypt, issuedAt));
      }
    }
    this.challenge = /^"([^"]+)"/.exec(answer.challenge ?? '')?.[1] ?? this.challenge;
    const instructions: { session_identifier?: string } = JSON.parse(answer.body ?? '{}');
    this.identifier = instructions.session_identifier ?? this.identifier;
    return answer;
  }
}
