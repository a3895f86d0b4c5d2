import { describeGraphqlSubscriptions, ORIGINS } from '../support/graphql-subscriptions.js';
import { mercuriusApps, mercuriusModule } from '../support/mercurius-apps.js';

describeGraphqlSubscriptions(
  mercuriusApps.map(({ driver, platform }) => ({
    driver,
    platform,
    // As in docs/graphql.md.
    graphql: mercuriusModule({
      subscription: {
        fullWsTransport: true,
        verifyClient: ({ origin }, next) => next(ORIGINS.has(origin)),
      },
    }),
  })),
);
