/** What the vault's file says about its key: enough to get it again, nothing of it. */
export type KeyParameters = Readonly<Record<string, string | number>> & { readonly kind: string };

export interface NewKey {
  /** 32 bytes. */
  readonly key: Buffer;
  readonly parameters: KeyParameters;
}

/** Where a vault's key comes from. */
export interface KeySource {
  /** What `KeyParameters` call it: `keychain`, `passphrase`. */
  readonly kind: string;

  /** Makes the key of a new vault. @throws VaultError */
  create(vaultId: string): Promise<NewKey>;

  /** The key of a vault that is there. @throws VaultError `E_VAULT_KEY` if there is none */
  open(vaultId: string, parameters: KeyParameters): Promise<Buffer>;

  /** Removes what `create` has kept for a vault that is no longer. @throws VaultError */
  forget(vaultId: string): Promise<void>;
}

export const KEY_BYTES = 32;
