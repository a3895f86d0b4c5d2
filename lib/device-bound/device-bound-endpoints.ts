import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { SecureCookieDefinition } from '../definition/secure-cookie-definition.js';
import { findCookieValues } from '../http/cookie-header.js';
import { requestHeader } from '../http/request-header.js';
import type { ResolvedAttributes } from '../http/resolved-attributes.js';
import { deletion } from '../jar/defined-cookies.js';
import type { PendingCookie } from '../jar/pending-cookie.js';
import { readDefinedCookie } from '../jar/read-defined-cookie.js';
import { revocationsOf } from '../revocation/revocations-of.js';
import {
  judgeRevocation,
  type SecureCookieRevocations,
} from '../revocation/secure-cookie-revocations.js';
import { signedLength, type SecureCookieSigner } from '../signing/secure-cookie-signer.js';
import { bareText } from './bare-text.js';
import { writeBoundCookie } from './bound-cookie.js';
import { registrationSubject, type BoundSession, type BoundSessions } from './bound-sessions.js';
import { publishDeviceBound, type DeviceBoundReason } from './device-bound-events.js';
import { DeviceChallenges } from './device-challenges.js';
import { deviceKey, thumbprint, type DevicePoint } from './device-key.js';
import { isProvenBy, readDeviceProof, type DeviceProof } from './device-proof.js';
import {
  nextDate,
  readRefreshCookie,
  sessionEnd,
  writeRefreshCookie,
  type RefreshCookie,
} from './refresh-cookie.js';
import { IDENTIFIER_LENGTH, type RefreshState } from './refresh-state.js';
import { endOfSession, sessionInstructions } from './session-instructions.js';

type AnyDefinition = SecureCookieDefinition<never, unknown>;

/** Returns the attributes of a definition's cookie for one request. */
export type AttributesOf = (definition: AnyDefinition) => ResolvedAttributes;

/** The answer of an endpoint. */
export interface EndpointAnswer {
  readonly status: 200 | 401 | 403 | 503;
  /** JSON; `undefined` if there is no body. */
  readonly body: string | undefined;
  readonly cookies: readonly PendingCookie[];
  /** The header `Secure-Session-Challenge`. */
  readonly challenge: string | undefined;
}

/** A session of a request, and the state that its browser keeps. */
interface FoundSession {
  readonly session: BoundSession;
  readonly state: RefreshCookie;
}

/** Characters; this library makes no longer identifiers. */
const MAX_IDENTIFIER_LENGTH = 256;

/** The most cookies of one name that are tried, as in the reader. */
const MAX_VALUES = 16;

/**
 * The two endpoints of Device Bound Session Credentials, without a server. They never throw because of
 * what a client sent.
 */
export class DeviceBoundEndpoints {
  readonly #sessions: BoundSessions;
  readonly #signer: SecureCookieSigner;
  readonly #revocations: SecureCookieRevocations | undefined;
  readonly #random: (length: number) => Uint8Array;
  readonly #challenges: DeviceChallenges;

  /**
   * @param random - makes the identifiers
   */
  constructor(
    sessions: BoundSessions,
    signer: SecureCookieSigner,
    revocations: SecureCookieRevocations | undefined,
    random: (length: number) => Uint8Array = randomBytes,
  ) {
    this.#sessions = sessions;
    this.#signer = signer;
    this.#revocations = revocations;
    this.#random = random;
    this.#challenges = new DeviceChallenges(signer);
  }

  /**
   * Binds the session of a request to the key that the request presents and proves.
   *
   * @throws {@link SecureCookieError} `keys-stale`, `revocations-missing`, `schema-async` or `clock`
   */
  register(headers: IncomingHttpHeaders, attributesOf: AttributesOf): EndpointAnswer {
    this.#assertKeys();
    if (isCrossSite(headers)) {
      return refused(403, undefined, 'cross-site');
    }
    const proof = readDeviceProof(requestHeader(headers, 'secure-session-response'));
    if (proof?.point === undefined) {
      return refused(401, undefined, 'proof');
    }
    for (const session of this.#sessions.all) {
      const begun = this.#begunSession(
        session.definition,
        requestHeader(headers, 'cookie'),
        proof.challenge,
      );
      if (begun !== undefined) {
        return isProvenBy(proof, deviceKey(proof.point))
          ? this.#bind(session, begun, proof.point, attributesOf)
          : refused(401, session.definition.name, 'proof');
      }
    }
    return refused(401, undefined, 'challenge');
  }

  /**
   * Replaces a bound cookie with the next one if the request proves the key of its session.
   *
   * @throws {@link SecureCookieError} `keys-stale`, `revocations-missing`, `schema-async` or `clock`
   */
  refresh(headers: IncomingHttpHeaders, attributesOf: AttributesOf): EndpointAnswer {
    this.#assertKeys();
    const identifier = bareText(
      requestHeader(headers, 'sec-secure-session-id'),
      MAX_IDENTIFIER_LENGTH,
    );
    // No page can send this header: it begins with "Sec-".
    if (identifier === undefined || isCrossSite(headers)) {
      return refused(403, undefined, 'cross-site');
    }
    const found = this.#find(requestHeader(headers, 'cookie'), identifier);
    if (found === undefined) {
      return refused(401, undefined, 'no-session');
    }
    const { name } = found.session.definition;
    const over = this.#whyOver(found);
    if (over === 'revocations-stale') {
      return refused(503, name, over);
    }
    if (over !== undefined) {
      return this.#end(found, over, attributesOf);
    }
    const response = requestHeader(headers, 'secure-session-response');
    if (response === undefined) {
      return this.#ask(found);
    }
    const proof = readDeviceProof(response);
    return proof === undefined || proof.point !== undefined
      ? refused(401, name, 'proof')
      : this.#refreshWith(proof, found, attributesOf);
  }

  /** Throws without keys: to refuse a cookie that cannot be verified now would end its session. */
  #assertKeys(): void {
    signedLength(this.#signer, 'key', '', false, 0);
  }

  #refreshWith(
    proof: DeviceProof,
    found: FoundSession,
    attributesOf: AttributesOf,
  ): EndpointAnswer {
    const { session, state } = found;
    const { name } = session.definition;
    const judgement = this.#challenges.judge(proof.challenge, refreshSubject(session, state));
    if (judgement === 'foreign') {
      return refused(401, name, 'challenge');
    }
    if (judgement === 'old') {
      return this.#ask(found);
    }
    return isProvenBy(proof, deviceKey(state.point))
      ? this.#renew(found, attributesOf)
      : refused(401, name, 'proof');
  }

  /** The state of a session that has just begun, if this challenge was made for it. */
  #begunSession(
    definition: AnyDefinition,
    cookie: string | undefined,
    challenge: string,
  ): Omit<RefreshCookie, 'identifier' | 'point'> | undefined {
    const values = findCookieValues(cookie, definition.name, MAX_VALUES);
    const { result, stored } = readDefinedCookie(
      this.#signer,
      definition,
      values,
      this.#revocations,
    );
    // Not for a bound cookie: a copy could be bound to another device.
    if (!result.valid || result.bound || result.issuedAt === undefined || stored === undefined) {
      return undefined;
    }
    const { payload, firstIssuedAt = result.issuedAt, persistent = true } = stored;
    const subject = registrationSubject(definition, { payload, firstIssuedAt });
    return this.#challenges.judge(challenge, subject) === 'good'
      ? { payload, firstIssuedAt, persistent, issuedAt: result.issuedAt, current: result.current }
      : undefined;
  }

  #bind(
    session: BoundSession,
    begun: Omit<RefreshCookie, 'identifier' | 'point'>,
    point: DevicePoint,
    attributesOf: AttributesOf,
  ): EndpointAnswer {
    const identifier = Buffer.from(this.#random(IDENTIFIER_LENGTH)).toString('hex');
    const state = { ...begun, identifier, point };
    const attributes = attributesOf(session.definition);
    publishDeviceBound(session.definition.name, 'registered');
    return {
      status: 200,
      body: sessionInstructions({
        identifier,
        refreshPath: this.#sessions.refreshPath,
        cookieName: session.definition.name,
        attributes,
      }),
      cookies: [
        writeBoundCookie(session, state, attributes, this.#signer),
        this.#refreshCookie(session, state, attributes),
      ],
      challenge: this.#challengeFor(session, state),
    };
  }

  /** Without a body, the browser keeps its instructions. */
  #renew({ session, state }: FoundSession, attributesOf: AttributesOf): EndpointAnswer {
    const attributes = attributesOf(session.definition);
    const date = nextDate(session.definition, state, this.#signer.now());
    const next = { ...state, issuedAt: date ?? state.issuedAt };
    publishDeviceBound(session.definition.name, 'refreshed');
    return {
      status: 200,
      body: undefined,
      cookies: [
        writeBoundCookie(session, next, attributes, this.#signer),
        ...(date === undefined ? [] : [this.#refreshCookie(session, next, attributes)]),
      ],
      challenge: this.#challengeFor(session, state),
    };
  }

  #ask({ session, state }: FoundSession): EndpointAnswer {
    const challenge = this.#challengeFor(session, state);
    return { status: 403, body: undefined, cookies: [], challenge };
  }

  #refreshCookie(
    session: BoundSession,
    state: Omit<RefreshCookie, 'current'>,
    attributes: ResolvedAttributes,
  ): PendingCookie {
    const own = this.#sessions.refreshAttributes(attributes);
    return writeRefreshCookie(session, state, own, this.#signer);
  }

  /** Why an authentic session has ended; `undefined` if it has not. */
  #whyOver({ session, state }: FoundSession): DeviceBoundReason | undefined {
    const { definition } = session;
    const { last, reason } = sessionEnd(this.#signer, definition, state);
    if (last < this.#signer.now()) {
      return reason;
    }
    const decoded = definition.decode(state.payload);
    if (decoded.reason !== undefined) {
      return 'schema';
    }
    const revocations = revocationsOf(definition, this.#revocations, this.#signer);
    return judgeRevocation(revocations, definition, decoded.value, state.firstIssuedAt);
  }

  #end(
    { session, state }: FoundSession,
    reason: DeviceBoundReason,
    attributesOf: AttributesOf,
  ): EndpointAnswer {
    const { definition } = session;
    const attributes = attributesOf(definition);
    publishDeviceBound(definition.name, 'ended', reason);
    return {
      status: 200,
      body: endOfSession(state.identifier),
      cookies: [
        ...this.#sessions.deletions(definition, attributes),
        deletion(definition.name, attributes),
      ],
      challenge: undefined,
    };
  }

  #find(cookie: string | undefined, identifier: string): FoundSession | undefined {
    let found: FoundSession | undefined;
    for (const session of this.#sessions.all) {
      const state = readRefreshCookie(this.#signer, session, cookie, identifier);
      found ??= state === undefined ? undefined : { session, state };
    }
    return found;
  }

  #challengeFor(session: BoundSession, state: RefreshState): string {
    const challenge = this.#challenges.make(refreshSubject(session, state));
    return `"${challenge}";id="${state.identifier}"`;
  }
}

/** The subject of the challenge of a refresh. */
function refreshSubject(
  { definition: { name } }: BoundSession,
  { identifier, point }: RefreshState,
): readonly string[] {
  return ['refresh', name, identifier, thumbprint(point)];
}

/** Browsers that do not say where a request comes from rely on `SameSite`. */
function isCrossSite(headers: IncomingHttpHeaders): boolean {
  const site = requestHeader(headers, 'sec-fetch-site');
  return site !== undefined && site !== 'same-origin';
}

function refused(
  status: 401 | 403 | 503,
  name: string | undefined,
  reason: DeviceBoundReason,
): EndpointAnswer {
  publishDeviceBound(name, 'refused', reason);
  return { status, body: undefined, cookies: [], challenge: undefined };
}
