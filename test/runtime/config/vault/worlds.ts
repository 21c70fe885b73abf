import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AwsCredentials } from '../../../../runtime/aws/sign-v4';
import { Home } from '../../../../runtime/home/home';
import { VersionedFile } from '../../../../runtime/home/versioned-file';
import type { KeySource } from '../../../../runtime/config/vault/key-source';
import { passphraseKey } from '../../../../runtime/config/vault/passphrase-key';
import { Vault } from '../../../../runtime/config/vault/vault';

export const PASSPHRASE = 'correct horse battery';
/** As scrypt is used, but at once. */
export const cheapKey = (passphrase: string = PASSPHRASE): KeySource => passphraseKey(passphrase, { N: 16, r: 1, p: 1 });

export const MINUTE = 60_000;

/** A home folder of its own with a vault in it, and a clock. */
export class VaultWorld {
  readonly path = mkdtempSync(join(tmpdir(), 'vault-'));
  readonly home = Home.open({ home: this.path });
  time = Date.UTC(2030, 0, 1);

  vault(key: KeySource = cheapKey()): Vault {
    return new Vault({ home: this.home, key, now: () => this.time });
  }

  file(): VersionedFile {
    return new VersionedFile(this.home.folder('vault'), 'vault');
  }

  content(): { id: string; key: Record<string, unknown>; check: string; entries: Record<string, unknown>[] } {
    return JSON.parse(this.file().read()!.bytes.toString()) as ReturnType<VaultWorld['content']>;
  }

  /** Writes what a foreign hand might write: whole to the eye of the file, whatever it says. */
  tamper(change: (content: ReturnType<VaultWorld['content']>) => unknown): void {
    const content = this.content();
    const changed = change(content) ?? content;
    const { generation } = this.file().read()!;
    if (!this.file().replace(generation, typeof changed === 'string' ? changed : JSON.stringify(changed))) throw new Error('not tampered with');
  }

  credentials(id: number, lifetime: number = 60 * MINUTE): AwsCredentials {
    const expiration = new Date(this.time + lifetime);
    return { accessKeyId: `AKIA${id}`, secretAccessKey: `very-secret-${id}`, sessionToken: `token-${id}`, expiration };
  }

  /** Everything in all files below the home. */
  everything(): string {
    return filesBelow(this.path).map((path) => readFileSync(path, 'latin1')).join('\n');
  }

  close(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
}
