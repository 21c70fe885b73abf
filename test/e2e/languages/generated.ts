import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Member {
  readonly name: string;
  readonly static?: boolean;
  readonly const?: boolean;
  readonly protected?: boolean;
}

interface Type {
  readonly name: string;
  readonly kind: string;
  readonly abstract?: boolean;
  readonly initializer?: object;
  readonly methods?: readonly Member[];
  readonly properties?: readonly Member[];
}

/** How a language writes what it is looked for: regular expressions on lines of the file that a class has. */
export interface Language {
  readonly name: string;
  readonly target: string;
  readonly file: (type: string) => string;
  readonly type: (type: string) => string;
  readonly initializer: (type: string) => string;
  readonly method: (type: string, member: Member) => string;
  readonly property: (type: string, member: Member) => string;
}

const pascal = (name: string) => name[0].toUpperCase() + name.slice(1);

export const LANGUAGES: readonly Language[] = [{
  name: 'Java', target: 'java',
  file: (type) => `${type}.java`,
  type: (type) => `^public (abstract )?class ${type} `,
  initializer: (type) => `^    (public|protected) ${type}\\(final @org`,
  method: (_, { name }) => `^    public .*[ >]${name}\\(`,
  property: (_, member) => member.const ? `^    public final static .* ${member.name};` : `^    public .* get${pascal(member.name)}\\(\\)`,
}, {
  name: 'Go', target: 'go',
  file: (type) => `${type}.go`,
  type: (type) => `^type ${type} interface \\{`,
  initializer: (type) => `^func New${type}\\(`,
  method: (type, member) => member.static ? `^func ${type}_${pascal(member.name)}\\(` : `^\t${pascal(member.name)}\\(`,
  property: (type, { name, const: constant, static: ofType }) =>
    ofType ? `^func ${type}_${constant ? name : pascal(name)}\\(` : `^\t${pascal(name)}\\(\\)`,
}, {
  name: '.NET', target: 'dotnet',
  file: (type) => `${type}.cs`,
  type: (type) => `^    public (abstract )?class ${type} `,
  initializer: (type) => `^        (public|protected) ${type}\\(.*_MakeDeputyProps\\(`,
  method: (_, { name }) => `^        public .* ${pascal(name)}\\(`,
  property: (_, member) => `^        public .* ${member.const ? member.name : pascal(member.name)}\\s*$`,
}];

/** The public classes, from jsii's manifest of what was compiled. */
export function classes(manifest: string): Type[] {
  const { types } = JSON.parse(readFileSync(manifest, 'utf8')) as { types: Record<string, Type> };
  return Object.values(types).filter(({ kind }) => kind === 'class');
}

/** @returns what of the classes a language's generated sources lack, and how many members were looked for */
export function missing(folder: string, language: Language, types: readonly Type[]): { lacks: string[]; members: number } {
  const files = readdirSync(join(folder, language.target), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const lacks: string[] = [];
  let members = 0;
  for (const type of types) {
    const found = files.filter(({ name }) => name === language.file(type.name));
    if (found.length !== 1) {
      lacks.push(`${language.file(type.name)} (${found.length} files)`);
      continue;
    }
    const text = readFileSync(join(found[0].parentPath, found[0].name), 'utf8');
    const expect = (what: string, pattern: string) => {
      members += 1;
      if (!new RegExp(pattern, 'm').test(text)) lacks.push(`${type.name}: ${what}`);
    };
    expect('the class', language.type(type.name));
    if (type.initializer) expect('constructor', language.initializer(type.name));
    const open = (all: readonly Member[] = []) => all.filter((member) => !member.protected);
    for (const member of open(type.methods)) expect(member.name, language.method(type.name, member));
    for (const member of open(type.properties)) expect(member.name, language.property(type.name, member));
  }
  return { lacks, members };
}
