import type { ParameterMetadata } from '../../../runtime/config/tables/parameter-metadata';

/** One version of a parameter, with its value as it is stored: of a SecureString, the ciphertext. */
export interface ParameterRecord extends ParameterMetadata {
  readonly value: string;
  readonly labels: readonly string[];
}

export interface ParameterPage {
  readonly parameters: readonly ParameterMetadata[];
  /** Where the next page begins. Absent: this is the last. */
  readonly nextToken?: string;
}

/** Parameter Store, as far as handlers that never decrypt need it. Every failure is an error: nothing is taken for missing that is not. */
export interface ParameterStore {
  /** Those of the names that exist, in any order. Any number of names. */
  describe(names: readonly string[]): Promise<readonly ParameterMetadata[]>;

  /**
   * A page of all parameters in the namespaces.
   *
   * @throws InvalidNextToken if the token is no longer good: begin anew
   */
  page(namespaces: readonly string[], nextToken?: string): Promise<ParameterPage>;

  /** All versions that are kept, oldest first. Empty: there is no such parameter. */
  history(name: string): Promise<readonly ParameterRecord[]>;
}

export class InvalidNextToken extends Error {
  override readonly name = 'InvalidNextToken';
}

/**
 * Parameter Store does not show yet what an event has told. The message is to be received again; who receives it for the last time
 * takes what he sees for true.
 */
export class NotVisibleYet extends Error {
  override readonly name = 'NotVisibleYet';
}
