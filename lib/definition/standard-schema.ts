/**
 * The part of Standard Schema 1 (standardschema.dev) that is used here, copied as its authors advise:
 * zod, valibot, arktype and others satisfy it, and none becomes a dependency.
 */
export interface SecureCookieStandardSchema<Input = unknown, Output = Input> {
  /** What the specification requires of a schema. */
  readonly '~standard': {
    /** The version of the specification. */
    readonly version: 1;
    /** The library that made the schema. */
    readonly vendor: string;
    /** Validates a value. If it returns a promise, that throws `schema-async`. */
    readonly validate: (
      value: unknown,
    ) =>
      SecureCookieStandardSchemaResult<Output> | Promise<SecureCookieStandardSchemaResult<Output>>;
    /** For the compiler only; absent at run time. */
    readonly types?:
      | {
          /** The type that the schema takes. */
          readonly input: Input;
          /** The type that it returns. */
          readonly output: Output;
        }
      | undefined;
  };
}

/** The result of validating a value. */
export type SecureCookieStandardSchemaResult<Output> =
  | {
      /** The value that the schema returns. */
      readonly value: Output;
      /** `undefined`: the value is valid. */
      readonly issues?: undefined;
    }
  | {
      /** What is wrong with the value. */
      readonly issues: readonly SecureCookieStandardSchemaIssue[];
    };

/** One fault of a value. Its message may quote the value, so this library never repeats it. */
export interface SecureCookieStandardSchemaIssue {
  /** The schema's message. */
  readonly message: string;
  /**
   * The path to the fault.
   *
   * @defaultValue none: the value itself
   */
  readonly path?:
    | readonly (
        | PropertyKey
        | {
            /** One step of the path. */
            readonly key: PropertyKey;
          }
      )[]
    | undefined;
}
