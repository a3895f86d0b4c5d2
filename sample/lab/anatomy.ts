/** One field of a signed value, as it stands in the text: `10:` + `1300000000` + `|`. */
export interface Field {
  readonly field: 'format' | 'key-version' | 'date' | 'name' | 'value' | 'signature';
  readonly prefix: string;
  readonly content: string;
  readonly suffix: string;
}

const FIELDS = ['format', 'key-version', 'date', 'name', 'value', 'signature'] as const;

/** Format 2. Laxer than the library, which has the last word: tampered values are to be shown too. */
const SIGNED_VALUE = new RegExp(
  [
    /^()(2)(\|)/,
    /(\d+:)([^|]*)(\|)/,
    /(\d+:)([^|]*)(\|)/,
    /(\d+:)([^|]*)(\|)/,
    /(\d+:)([^|]*)(\|)/,
    /()([^|]*)()$/,
  ]
    .map(({ source }) => source)
    .join(''),
);

/** The fields of a signed value; none where the text does not have its shape. */
export function anatomy(signed: string): Field[] {
  const parts = SIGNED_VALUE.exec(signed)?.slice(1);
  return parts === undefined
    ? []
    : FIELDS.map((field, index) => {
        const [prefix = '', content = '', suffix = ''] = parts.slice(3 * index);
        return { field, prefix, content, suffix };
      });
}

/** Changes the first character of the value field, and says where that is. */
export function changeOneCharacter(signed: string): { forged: string; position: number } {
  const before = anatomy(signed).slice(0, FIELDS.indexOf('value'));
  const start = before.reduce((length, field) => length + textOf(field).length, 0);
  const position = signed.indexOf(':', start) + 1;
  const other = signed[position] === 'Z' ? 'Y' : 'Z';
  return { forged: signed.slice(0, position) + other + signed.slice(position + 1), position };
}

function textOf({ prefix, content, suffix }: Field): string {
  return prefix + content + suffix;
}
