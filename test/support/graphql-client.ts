import { signer } from './signed-cookies.js';

/** An error as a client of GraphQL sees it. */
interface GraphqlError {
  readonly message: string;
  readonly path?: readonly string[];
  readonly extensions?: { readonly code?: string };
}

/** What a client of GraphQL is answered. */
export interface GraphqlAnswer {
  readonly status: number;
  readonly data: unknown;
  readonly errors: readonly GraphqlError[];
  /** The `Set-Cookie` headers. */
  readonly setCookies: readonly string[];
  /** Whom the answer is for. */
  readonly caching: { readonly vary: string; readonly cacheControl: string };
  /** All that came back, as it came. */
  readonly text: string;
}

/** Sends one operation, or several as one batch, over HTTP. */
export async function sendGraphql(
  url: string,
  query: string | readonly string[],
  cookie = '',
): Promise<GraphqlAnswer> {
  const operations = typeof query === 'string' ? { query } : query.map((each) => ({ query: each }));
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify(operations),
  });
  const text = await response.text();
  const answers: { data?: unknown; errors?: GraphqlError[] }[] = [JSON.parse(text)].flat();
  return {
    status: response.status,
    data: typeof query === 'string' ? answers[0]?.data : answers.map(({ data }) => data),
    errors: answers.flatMap(({ errors = [] }) => errors),
    setCookies: response.headers.getSetCookie(),
    caching: {
      vary: response.headers.get('vary') ?? '',
      cacheControl: response.headers.get('cache-control') ?? '',
    },
    text,
  };
}

/** What `Set-Cookie` headers of one name hold, verified. */
export function signedValues(
  setCookies: readonly string[],
  name: string,
): readonly (string | undefined)[] {
  return setCookies
    .filter((header) => header.startsWith(`${name}=`))
    .map((header) => signer.unsign(name, header.slice(name.length + 1).split(';', 1)[0] ?? ''));
}
