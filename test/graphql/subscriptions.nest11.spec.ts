import type { IncomingMessage } from 'node:http';
import { apolloApps, apolloModule } from '../support/graphql-apps.js';
import { describeGraphqlSubscriptions, ORIGINS } from '../support/graphql-subscriptions.js';

describeGraphqlSubscriptions(
  apolloApps.map(({ driver, platform }) => ({
    driver,
    platform,
    // As in docs/graphql.md.
    graphql: apolloModule({
      subscriptions: {
        'graphql-ws': {
          onConnect: ({ extra }) =>
            ORIGINS.has((extra as { readonly request: IncomingMessage }).request.headers.origin),
        },
      },
    }),
  })),
);
