/** The cookie of Tornado's secure-cookie example: a name of 11 characters, a value of 13. */
export const NAME = 'technobeans';
export const VALUE = '1344359095.29';

export const SECRET = 'a secret for measurements, over 32 bytes';
