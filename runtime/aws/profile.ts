/** The settings of one profile of the shared configuration files. */
export interface Profile {
  readonly name: string;
  /** By lower-case name; what the credentials file says wins over the config file. Empty if there is no such profile. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Reads the profile that `AWS_PROFILE` names, or `default`, from `~/.aws/config` and `~/.aws/credentials`
 * (`AWS_CONFIG_FILE`, `AWS_SHARED_CREDENTIALS_FILE`). Files that are not there count as empty.
 */
export async function loadProfile(env: NodeJS.ProcessEnv): Promise<Profile> {
  // loaded here, since few need them, and not by import(), which Jest has only behind a flag
  const { readFile } = process.getBuiltinModule('node:fs/promises');
  const { join } = process.getBuiltinModule('node:path');
  const home = env.HOME ?? env.USERPROFILE ?? process.getBuiltinModule('node:os').homedir();
  const read = (path: string) => readFile(path, 'utf8').catch(() => '');
  const name = env.AWS_PROFILE || 'default';
  const [config, credentials] = await Promise.all([
    read(env.AWS_CONFIG_FILE || join(home, '.aws', 'config')),
    read(env.AWS_SHARED_CREDENTIALS_FILE || join(home, '.aws', 'credentials')),
  ]);
  const inConfig = name === 'default' ? ['default', 'profile default'] : [`profile ${name}`];
  return { name, settings: { ...section(config, inConfig), ...section(credentials, [name]) } };
}

/** The settings under the sections of these titles. Indented lines belong to a nested setting and are left out. */
function section(text: string, titles: readonly string[]): Record<string, string> {
  const settings: Record<string, string> = {};
  let inside = false;
  for (const line of text.split(/\r?\n/)) {
    const title = /^\s*\[\s*([^\]]*?)\s*\]/.exec(line)?.[1];
    if (title !== undefined) inside = titles.includes(title.replace(/\s+/g, ' ').replace(/["']/g, ''));
    const setting = inside ? /^([^\s#;=[][^=]*?)\s*=\s*(.*?)\s*(?:\s[#;].*)?$/.exec(line) : null;
    if (setting) settings[setting[1]!.toLowerCase()] = setting[2]!;
  }
  return settings;
}
