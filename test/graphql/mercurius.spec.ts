import { describeGraphqlFailures } from '../support/graphql-failures.js';
import { describeGraphqlOverHttp } from '../support/graphql-over-http.js';
import { mercuriusApps } from '../support/mercurius-apps.js';

describeGraphqlOverHttp(mercuriusApps);
describeGraphqlFailures(mercuriusApps);
