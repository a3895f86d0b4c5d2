export { CookieMint, type CookieMintOptions } from './cookie-mint.js';
export { readSetCookies, type ReadSetCookie, type SetCookieHeaders } from './set-cookies.js';
export { createTestJar, type TestJar, type TestJarOptions } from './test-jar.js';
