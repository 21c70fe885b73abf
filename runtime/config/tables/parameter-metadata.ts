/** What Parameter Store says of a parameter as it is now. Times are Unix epoch milliseconds. */
export interface ParameterMetadata {
  readonly name: string;
  readonly version: number;
  /** When the version was written. */
  readonly lastModified: number;
  /** ARN of who wrote it. */
  readonly lastModifiedUser?: string;
  readonly type: string;
  readonly tier?: string;
  readonly keyId?: string;
  readonly dataType?: string;
  readonly description?: string;
  readonly allowedPattern?: string;
  /** JSON array of its policies. */
  readonly policies?: string;
}
