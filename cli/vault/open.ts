import type { Vault } from '../../runtime/config/vault/vault.js';
import type { Io } from '../context.js';

/**
 * The user's vault. Its passphrase is `$CACHE_TIERS_VAULT_PASSPHRASE`; of a vault that was made with one, it is asked for where somebody can be
 * asked. Otherwise its key is in the keychain of the operating system.
 */
export async function openVault(io: Io): Promise<Vault> {
  const [{ Home }, { Vault }] = await Promise.all([import('../../runtime/home/home.js'), import('../../runtime/config/vault/vault.js')]);
  const vault = new Vault({ home: Home.open({ env: io.env }), env: io.env });
  if (io.env.CACHE_TIERS_VAULT_PASSPHRASE || !io.stdin.isTTY || !io.stderr.isTTY || vault.status().key !== 'passphrase') return vault;
  const [{ passphraseKey }, { hidden }] = await Promise.all([
    import('../../runtime/config/vault/passphrase-key.js'), import('../config/value-source.js'),
  ]);
  return new Vault({ home: Home.open({ env: io.env }), env: io.env, key: passphraseKey(() => hidden('Passphrase of the vault', io)) });
}
