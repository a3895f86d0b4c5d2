/** What definitions are known by: in another copy or build of the package, their class is another one. */
export const BRAND = Symbol.for('nestjs-secure-cookie definition');
