import { describeGraphqlSubscriptions } from '../support/graphql-subscriptions.js';
import { mercuriusApps, mercuriusModule } from '../support/mercurius-apps.js';

describeGraphqlSubscriptions(
  mercuriusApps.map(({ driver, platform }) => ({
    driver,
    platform,
    graphql: mercuriusModule({ subscription: { fullWsTransport: true } }),
  })),
);
