import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { platforms, startApp, type RunningApp } from '../support/platforms.js';
import { SampleWithoutAccount } from '../support/sample-without-account.js';

const HTML = 'text/html; charset=utf-8';

describe.each(platforms)('the sample on $platform', (platform) => {
  let sample: RunningApp;

  beforeAll(async () => {
    sample = await startApp(platform, SampleWithoutAccount);
  });
  afterAll(() => sample.close());

  it('says hello', async () => {
    const response = await fetch(`${sample.url}/`);

    expect(await response.text()).toBe('Hello there');
    expect(response.headers.get('content-type')).toBe(HTML);
  });

  it.each(['/user/', '/user'])('recognises its own cookie at %s', async (path) => {
    const first = await fetch(`${sample.url}${path}`);
    const [cookie = ''] = first.headers.getSetCookie();
    const second = await fetch(`${sample.url}${path}`, {
      headers: { cookie: cookie.split(';')[0] ?? '' },
    });

    expect(await first.text()).toBe('Secure Cookie is now set');
    expect(first.headers.get('content-type')).toBe(HTML);
    expect(await second.text()).toBe('Secure Cookie is technobeans');
    expect(second.headers.get('content-type')).toBe(HTML);
    expect(second.headers.getSetCookie()).toEqual([]);
  });
});
