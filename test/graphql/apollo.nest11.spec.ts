import { apolloApps } from '../support/graphql-apps.js';
import { describeGraphqlOverHttp } from '../support/graphql-over-http.js';

describeGraphqlOverHttp(apolloApps);
