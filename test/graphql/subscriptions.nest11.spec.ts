import { apolloApps, apolloModule } from '../support/graphql-apps.js';
import { describeGraphqlSubscriptions } from '../support/graphql-subscriptions.js';

describeGraphqlSubscriptions(
  apolloApps.map(({ driver, platform }) => ({
    driver,
    platform,
    graphql: apolloModule({ subscriptions: { 'graphql-ws': true } }),
  })),
);
