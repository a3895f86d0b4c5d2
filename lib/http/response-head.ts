import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** The head of a response that is about to be sent, with everything that the app put in it. */
export interface ResponseHead {
  readonly statusCode: number;
  /** The names of its headers, in any case; until the next change. */
  names(): readonly string[];
  /** The values of a header, one entry each; an empty list if it has none. */
  header(name: string): readonly string[];
  /** Replaces the values of a header. */
  setHeader(name: string, value: string | string[]): void;
  removeHeader(name: string): void;
}

/** Adds to the head of a response. */
export interface HeadWriter {
  /**
   * Called right before the head is sent, and again with the next head if Node refuses this one.
   * Must not throw: nothing up the stack could handle it.
   */
  write(head: ResponseHead): void;
}

/** What `writeHead` takes: an object, a list that alternates names and values, or a list of pairs. */
export type Headers = OutgoingHttpHeaders | readonly OutgoingHttpHeader[] | readonly HeaderPair[];

/** Not checked here: Node does that. */
type HeaderPair = readonly [name: unknown, value: OutgoingHttpHeader | undefined];

/**
 * The head that is about to be sent.
 *
 * @param headers - what Node is about to write: the headers that were set, in Node's own form, or else
 * those given to `writeHead`
 */
export function headOf(response: ServerResponse, headers: Headers): SetHead | GivenHead {
  // Node passes no list where headers were set; another copy of this code does, with what it added.
  // Nearly every response with headers that were set has this one; listing all names costs more.
  if (
    !isList(headers) &&
    (response.hasHeader('Content-Type') || response.getHeaderNames().length > 0)
  ) {
    return new SetHead(response, headers);
  }
  const pairs = givenPairs(headers);
  return pairs.length === 0
    ? new SetHead(response, undefined)
    : new GivenHead(response.statusCode, pairs);
}

/** Headers that were set on the response, as Express does; or none at all. */
export class SetHead implements ResponseHead {
  readonly statusCode: number;
  readonly #response: ServerResponse;
  readonly #headers: Headers | undefined;
  /** The value of a header before each change. */
  readonly #before: [name: string, value: OutgoingHttpHeader | undefined][] = [];
  /** The header read last, kept because writers read a header before they replace it. */
  #lastName: string | undefined;
  #lastValue: OutgoingHttpHeader | undefined;

  /**
   * @param headers - the headers that were set, in Node's own form; `undefined` if there are none yet
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

  /** Undoes the changes of a head that was not sent: the next head would take them for the app's. */
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

/** Headers given to `writeHead`, in any form: a list of pairs, which Node takes as well, and as fast. */
class GivenHead implements ResponseHead {
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
    const values: string[] = [];
    for (const [spelling, value] of this.#headers) {
      if (isSpelling(spelling, name)) {
        values.push(...texts(value));
      }
    }
    return values;
  }

  setHeader(name: string, value: string | string[]): void {
    this.removeHeader(name);
    this.#headers = [...this.#headers, [name, value]];
  }

  removeHeader(name: string): void {
    for (const [spelling] of this.#headers) {
      if (isSpelling(spelling, name)) {
        this.#headers = this.#headers.filter(([other]) => !isSpelling(other, name));
        return;
      }
    }
  }

  undo(): void {}
}

/** Names and values of the headers that `writeHead` is given, in any form. */
export function givenPairs(headers: Headers): readonly HeaderPair[] {
  return isList(headers) ? pairsOf(headers) : Object.entries(headers);
}

/** Whether the last name has no value: Node refuses such a list. */
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

/** Compares the lengths first, which rules out nearly all other names. */
function isSpelling(spelling: unknown, name: string): boolean {
  return (
    typeof spelling === 'string' &&
    spelling.length === name.length &&
    spelling.toLowerCase() === name.toLowerCase()
  );
}

/** Node accepts anything in lists of values. */
export function texts(value: OutgoingHttpHeader | undefined): string[] {
  if (value === undefined) {
    return [];
  }
  return Array.isArray(value) ? value.map(String) : [String(value)];
}
