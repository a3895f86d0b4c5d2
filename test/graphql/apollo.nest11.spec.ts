import { apolloApps } from '../support/graphql-apps.js';
import { describeGraphqlFailures } from '../support/graphql-failures.js';
import { describeGraphqlOverHttp } from '../support/graphql-over-http.js';

describeGraphqlOverHttp(apolloApps);
describeGraphqlFailures(apolloApps);
