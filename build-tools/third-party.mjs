// What other people wrote of what we ship: found in the bundles themselves, never kept by hand. Bundling leaves licence texts out,
// and nearly every licence wants to travel with the code.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Licences that ask for nothing but their own text beside the code. */
export const ACCEPTED = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT', 'MIT-0']);

/** Folder of the package that a file is of: the last one below a `node_modules`. */
function packageFolder(file) {
  return /^(.*(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
}

/** Apache-2.0 wants a NOTICE to travel too. */
function licenceText(folder) {
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|notice)\b/i.test(name)).sort();
  return files.length === 0 ? undefined : files.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n');
}

/**
 * Packages in bundles.
 *
 * @param {Record<string, object[]>} bundles esbuild's metafiles by what they are for, such as `handlers`
 * @param {string[]} folders folders of packages that are shipped as they are
 * @returns {{ name: string, version: string, licence: string, text: string | undefined, in: string[] }[]} by name, then version
 */
export function thirdParty(bundles, folders = []) {
  const places = new Map(folders.map((folder) => [folder, new Set(['package'])]));
  for (const [part, metafiles] of Object.entries(bundles)) {
    for (const { outputs } of metafiles) {
      for (const { inputs } of Object.values(outputs)) {
        for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
          const folder = packageFolder(file);
          if (folder === undefined || bytesInOutput === 0) continue;
          if (!places.has(folder)) places.set(folder, new Set());
          places.get(folder).add(part);
        }
      }
    }
  }
  const found = new Map(); // one package may stand in several folders
  for (const [folder, parts] of places) {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (!ACCEPTED.has(license)) {
      const accepted = [...ACCEPTED].join(', ');
      throw new Error(`${name} ${version} is under ${JSON.stringify(license)}: bundle what is under ${accepted}, or decide on this one`);
    }
    const key = `${name}@${version}`;
    const others = found.get(key)?.in ?? [];
    found.set(key, { name, version, licence: license, text: licenceText(folder), in: [...new Set([...others, ...parts])].sort() });
  }
  return [...found.values()].sort((one, other) => (`${one.name}@${one.version}` < `${other.name}@${other.version}` ? -1 : 1));
}

/** The file that is shipped: packages under one and the same text stand above it together. */
export function notices(packages) {
  const byText = new Map();
  for (const one of packages) {
    const text = one.text ?? `(${one.licence}; the package brings no text of it)`;
    byText.set(text, [...(byText.get(text) ?? []), one]);
  }
  const heading = ({ name, version, licence, in: parts }) => `${name} ${version} (${licence}; in: ${parts.join(', ')})`;
  const sections = [...byText].map(([text, those]) => `${those.map(heading).join('\n')}\n\n${text}\n`);
  return ['This package contains code of others, bundled or as it is.\n', ...sections].join(`\n${'-'.repeat(80)}\n\n`);
}
