import { describeGraphqlOverHttp } from '../support/graphql-over-http.js';
import { mercuriusApps } from '../support/mercurius-apps.js';

describeGraphqlOverHttp(mercuriusApps);
