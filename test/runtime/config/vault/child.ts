/* A process of its own that asks for a session, or writes entries. Run by processes.test.ts. */
import { Home } from '../../../../runtime/home/home';
import { VAULT_CHANNELS } from '../../../../runtime/config/vault/telemetry';
import { Vault } from '../../../../runtime/config/vault/vault';
import { cheapKey } from './worlds';

const [task, home, argument] = process.argv.slice(2);
const vault = new Vault({ home: Home.open({ home }), key: cheapKey() });
const tell = (line: string) => process.stdout.write(`${line}\n`);

async function source() {
  const response = await fetch(argument);
  if (!response.ok) throw new Error(`the source answered ${response.status}`);
  const id = await response.text();
  return { accessKeyId: `AKIA${id}`, secretAccessKey: 'very-secret', expiration: new Date(Date.now() + 3_600_000) };
}

async function main(): Promise<void> {
  tell('ready');
  if (task === 'session') tell(await vault.session('s', source)().then(({ accessKeyId }) => accessKeyId, (error: Error) => error.message));
  if (task === 'keychain') {
    const ofKeychain = new Vault({ home: Home.open({ home }), env: {} });
    VAULT_CHANNELS.error.subscribe((message) => {
      const { error } = message as { error: Error & { code?: string } };
      tell(`${error.code} ${error.message}`);
    });
    tell((await ofKeychain.session('s', source)()).accessKeyId);
  }
  if (task === 'write') {
    for (let i = 0; ; i++) {
      await vault.put(`${argument} ${i % 10}`, Buffer.from(`secret ${i}`));
      tell(`${argument} ${i % 10}:${i}`);
    }
  }
}

void main();
