import { describeNewcomer } from './support/describe-newcomer.js';

describeNewcomer(11);
