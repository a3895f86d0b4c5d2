/** Marks definitions: their class is not the same in another copy or build of the package. */
export const BRAND = Symbol.for('nestjs-secure-cookie definition');
