import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** The head of a response as it is about to be sent, with all that the app says in it. */
export interface ResponseHead {
  readonly statusCode: number;
  /** The names of its headers, as they are spelled. */
  names(): readonly string[];
  /** The values of a header, one entry each; empty where there is none. */
  header(name: string): readonly string[];
  /** Replaces the values of a header. */
  setHeader(name: string, value: string | string[]): void;
  removeHeader(name: string): void;
}

/** What `writeHead` takes besides the status: an object, names and values in turn, or pairs of them. */
export type Headers = OutgoingHttpHeaders | readonly OutgoingHttpHeader[] | readonly HeaderPair[];

const NONE: readonly string[] = [];

/** Node checks them. */
type HeaderPair = readonly [name: unknown, value: OutgoingHttpHeader | undefined];

/**
 * The head that is about to be sent, with what Node made of the headers that were set and given.
 *
 * @param headers - what Node is about to write: those that were set, as it keeps them, or else what
 * `writeHead` was given
 */
export function headOf(
  response: ServerResponse,
  headers: Headers,
): SetHead | GivenHead | PairsHead {
  // Nearly every response with headers that were set has this one, and a list of all costs more.
  if (response.hasHeader('Content-Type') || response.getHeaderNames().length > 0) {
    return new SetHead(response, headers);
  }
  const names = Object.keys(headers);
  if (names.length === 0) {
    return new SetHead(response, undefined);
  }
  const { statusCode } = response;
  if (isList(headers)) {
    return new PairsHead(statusCode, pairsOf(headers));
  }
  // Assigned to a copy, it would be its prototype.
  return Object.hasOwn(headers, '__proto__')
    ? new PairsHead(statusCode, Object.entries(headers))
    : new GivenHead(statusCode, headers, names);
}

/** Headers that were set on the response, as Express does; or none at all. */
export class SetHead implements ResponseHead {
  readonly statusCode: number;
  readonly #response: ServerResponse;
  readonly #headers: Headers | undefined;
  /** What was there before each change. */
  readonly #before: [name: string, value: OutgoingHttpHeader | undefined][] = [];
  /** Writers look at a header before they replace it: it is looked up once. */
  #lastName: string | undefined;
  #lastValue: OutgoingHttpHeader | undefined;

  /**
   * @param headers - as Node keeps what was set; `undefined` where there is nothing as yet
   */
  constructor(response: ServerResponse, headers: Headers | undefined) {
    this.statusCode = response.statusCode;
    this.#response = response;
    this.#headers = headers;
  }

  get headers(): Headers {
    return this.#headers ?? this.#added();
  }

  names(): readonly string[] {
    return this.#response.getHeaderNames();
  }

  header(name: string): readonly string[] {
    this.#lastName = name;
    this.#lastValue = this.#response.getHeader(name);
    return texts(this.#lastValue);
  }

  setHeader(name: string, value: string | string[]): void {
    this.#remember(name);
    this.#response.setHeader(name, value);
  }

  removeHeader(name: string): void {
    this.#remember(name);
    this.#response.removeHeader(name);
  }

  /** A head that was not sent leaves nothing on the response that the next one would take for the app's. */
  undo(): void {
    for (const [name, value] of this.#before.toReversed()) {
      if (value === undefined) {
        this.#response.removeHeader(name);
      } else {
        this.#response.setHeader(name, value);
      }
    }
  }

  #added(): Headers {
    const names = new Set(this.#before.map(([name]) => name));
    return [...names]
      .filter((name) => this.#response.hasHeader(name))
      .map((name): HeaderPair => [name, this.#response.getHeader(name)]);
  }

  #remember(name: string): void {
    const value = name === this.#lastName ? this.#lastValue : this.#response.getHeader(name);
    this.#lastName = undefined;
    this.#before.push([name, value]);
  }
}

/** Headers that `writeHead` is given in an object, as Fastify does: copied once, and handed on. */
class GivenHead implements ResponseHead {
  readonly statusCode: number;
  readonly headers: OutgoingHttpHeaders;
  /** Kept beside them: each look-up would list them anew. */
  readonly #names: string[];

  /**
   * @param names - those of the headers, in a list of its own
   */
  constructor(statusCode: number, headers: OutgoingHttpHeaders, names: string[]) {
    this.statusCode = statusCode;
    // On Node 20, a property that is added to a spread object costs over a microsecond.
    this.headers = Object.assign({}, headers);
    this.#names = names;
  }

  names(): readonly string[] {
    return [...this.#names];
  }

  header(name: string): readonly string[] {
    const first = this.#find(name, 0);
    if (first === -1) {
      return NONE;
    }
    const values: string[] = [];
    for (let place = first; place !== -1; place = this.#find(name, place + 1)) {
      values.push(...texts(this.headers[this.#names[place] ?? '']));
    }
    return values;
  }

  setHeader(name: string, value: string | string[]): void {
    const spelling = this.#names[this.#find(name, 0)];
    if (spelling === undefined) {
      this.headers[name] = value;
      this.#names.push(name);
    } else {
      this.headers[spelling] = value;
      this.#remove(name, this.#names.indexOf(spelling) + 1);
    }
  }

  removeHeader(name: string): void {
    this.#remove(name, 0);
  }

  undo(): void {}

  /** In all its spellings from one of the names on. */
  #remove(name: string, start: number): void {
    for (let place = this.#find(name, start); place !== -1; place = this.#find(name, place)) {
      const [spelling = ''] = this.#names.splice(place, 1);
      delete this.headers[spelling];
    }
  }

  /** Where the next spelling of a name stands among the names. */
  #find(name: string, start: number): number {
    const lowerCase = name.toLowerCase();
    for (let place = start; place < this.#names.length; place += 1) {
      if (isSpelling(this.#names[place], lowerCase)) {
        return place;
      }
    }
    return -1;
  }
}

/** Headers that `writeHead` is given in a list; it may repeat a name. */
class PairsHead implements ResponseHead {
  readonly statusCode: number;
  #headers: readonly HeaderPair[];

  constructor(statusCode: number, headers: readonly HeaderPair[]) {
    this.statusCode = statusCode;
    this.#headers = headers;
  }

  get headers(): Headers {
    return this.#headers;
  }

  names(): readonly string[] {
    return this.#headers.map(([name]) => String(name));
  }

  header(name: string): readonly string[] {
    const lowerCase = name.toLowerCase();
    return this.#headers
      .filter(([spelling]) => isSpelling(spelling, lowerCase))
      .flatMap(([, value]) => texts(value));
  }

  setHeader(name: string, value: string | string[]): void {
    this.removeHeader(name);
    this.#headers = [...this.#headers, [name, value]];
  }

  removeHeader(name: string): void {
    const lowerCase = name.toLowerCase();
    this.#headers = this.#headers.filter(([spelling]) => !isSpelling(spelling, lowerCase));
  }

  undo(): void {}
}

/** A name without a value, which Node refuses. */
export function isUnpaired(headers: Headers): boolean {
  return isList(headers) && !isPairs(headers) && headers.length % 2 !== 0;
}

function isList(headers: Headers): headers is Exclude<Headers, OutgoingHttpHeaders> {
  return Array.isArray(headers);
}

function isPairs(
  list: readonly OutgoingHttpHeader[] | readonly HeaderPair[],
): list is readonly HeaderPair[] {
  return Array.isArray(list[0]);
}

function pairsOf(
  list: readonly OutgoingHttpHeader[] | readonly HeaderPair[],
): readonly HeaderPair[] {
  if (isPairs(list)) {
    return list;
  }
  const pairs: HeaderPair[] = [];
  for (let name = 0; name < list.length; name += 2) {
    pairs.push([list[name], list[name + 1]]);
  }
  return pairs;
}

/** Compared by length first: nearly all others end there. */
function isSpelling(name: unknown, lowerCase: string): boolean {
  return (
    typeof name === 'string' && name.length === lowerCase.length && name.toLowerCase() === lowerCase
  );
}

/** Node takes anything in lists of values. */
function texts(value: OutgoingHttpHeader | undefined): string[] {
  if (value === undefined) {
    return [];
  }
  return Array.isArray(value) ? value.map(String) : [String(value)];
}
