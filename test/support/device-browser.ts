import { readSetCookies } from '../../lib/testing/index.js';
import { SoftwareDevice } from './software-device.js';

/** Of the draft's session instructions, what a refresh needs. */
interface Instructions {
  readonly session_identifier: string;
  readonly refresh_url: string;
}

type Fetch = (
  url: string,
  options: { readonly method: string; readonly headers: Readonly<Record<string, string>> },
) => Promise<Response>;

/** What a browser that knows Device Bound Session Credentials does, as far as a server can tell. */
export class DeviceBrowser {
  readonly device = new SoftwareDevice();
  readonly cookies = new Map<string, { readonly value: string; readonly path: string }>();
  /** Of its last session. */
  identifier = '';
  challenge = '';
  registrationPath = '';
  refreshPath = '';
  readonly #url: string;
  readonly #fetch: Fetch;

  constructor(url: string, fetchAs: Fetch = fetch) {
    this.#url = url;
    this.#fetch = fetchAs;
  }

  /** A request with the cookies of its path, whose cookies and challenges are kept. */
  async send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const sent = [...this.cookies].filter(([, cookie]) => path.startsWith(cookie.path));
    const response = await this.#fetch(this.#url + path, {
      method,
      headers: {
        cookie: sent.map(([name, { value }]) => `${name}=${value}`).join('; '),
        'x-forwarded-proto': 'https',
        ...headers,
      },
    });
    for (const { name, value, attributes } of readSetCookies(response.headers)) {
      if (attributes.maxAge === 0) {
        this.cookies.delete(name);
      } else {
        this.cookies.set(name, { value, path: attributes.path ?? '/' });
      }
    }
    const registration = response.headers.get('Secure-Session-Registration') ?? '';
    const [, path1 = '', challenge = ''] =
      /^\(ES256\);path="([^"]+)";challenge="([^"]+)"$/.exec(registration) ?? [];
    const next = /^"([^"]+)";id=/.exec(response.headers.get('Secure-Session-Challenge') ?? '');
    this.registrationPath = path1 || this.registrationPath;
    this.challenge = next?.[1] ?? (challenge || this.challenge);
    return response;
  }

  async register(headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const response = await this.send('POST', this.registrationPath, {
      'secure-session-response': this.device.registration(this.challenge),
      ...headers,
    });
    if (response.ok) {
      const instructions = (await response.json()) as Instructions;
      this.identifier = instructions.session_identifier;
      this.refreshPath = instructions.refresh_url;
    }
    return response;
  }

  /** Asks for a challenge, or answers the last one. */
  refresh(proof?: string): Promise<Response> {
    return this.send('POST', this.refreshPath, {
      'sec-secure-session-id': this.identifier,
      'sec-fetch-site': 'same-origin',
      ...(proof !== undefined && { 'secure-session-response': proof }),
    });
  }

  /** As a browser does whose cookie is about to expire. */
  async refreshed(): Promise<Response> {
    const asked = await this.refresh();
    return asked.status === 403 ? this.refresh(this.device.refresh(this.challenge)) : asked;
  }
}
