/**
 * The part of Standard Schema 1 (standardschema.dev) that is used here, copied as its authors advise:
 * zod, valibot, arktype and others satisfy it, and none becomes a dependency.
 */
export interface SecureCookieStandardSchema<Input = unknown, Output = Input> {
  /** What the specification asks of a schema. */
  readonly '~standard': {
    /** Of the specification. */
    readonly version: 1;
    /** The library that made the schema. */
    readonly vendor: string;
    /** Judges a value. A promise of the result throws `schema-async`. */
    readonly validate: (
      value: unknown,
    ) =>
      SecureCookieStandardSchemaResult<Output> | Promise<SecureCookieStandardSchemaResult<Output>>;
    /** For the compiler alone; absent at run time. */
    readonly types?:
      | {
          /** What the schema takes. */
          readonly input: Input;
          /** What it gives. */
          readonly output: Output;
        }
      | undefined;
  };
}

/** What a schema says of a value. */
export type SecureCookieStandardSchemaResult<Output> =
  | {
      /** What the schema gives for it. */
      readonly value: Output;
      /** None: the value fits. */
      readonly issues?: undefined;
    }
  | {
      /** What is wrong with it. */
      readonly issues: readonly SecureCookieStandardSchemaIssue[];
    };

/** One thing that is wrong with a value. Its message may quote the value, so it is not repeated. */
export interface SecureCookieStandardSchemaIssue {
  /** The schema's words for it. */
  readonly message: string;
  /**
   * Where it is.
   *
   * @defaultValue the value itself
   */
  readonly path?:
    | readonly (
        | PropertyKey
        | {
            /** One step. */
            readonly key: PropertyKey;
          }
      )[]
    | undefined;
}
