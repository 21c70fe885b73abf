import { CacheTiersError } from '../../errors.js';

/**
 * - `E_VAULT_KEY`: the key does not open this vault
 * - `E_VAULT_KEYCHAIN`: the keychain of the operating system cannot be used
 * - `E_VAULT_PASSPHRASE`: there is no passphrase, or it is too short
 * - `E_VAULT_DAMAGED`: the file is not whole
 * - `E_VAULT_BUSY`: others write to the vault all the time
 */
export type VaultErrorCode = `E_VAULT_${'KEY' | 'KEYCHAIN' | 'PASSPHRASE' | 'DAMAGED' | 'BUSY'}`;

/** The vault cannot be used. A session goes on without it; nothing in the vault is removed. */
export class VaultError extends CacheTiersError {
  constructor(code: VaultErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, options);
    this.name = 'VaultError';
  }
}

/** What removes a vault that nothing opens any longer. */
export const CLEAR_ADVICE = 'to start with an empty one, run "cache-tiers vault clear"';
