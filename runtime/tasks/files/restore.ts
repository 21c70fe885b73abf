import { dirname, resolve } from 'node:path';
import type { Refusal } from '../content/shapes.js';
import { TaskError } from '../errors.js';
import { checkPath, foldName, maxPathBelow } from './check-path.js';
import { attempt, errnoOf, filesError } from './errors.js';
import { fetchContents, type Fetched } from './fetch-contents.js';
import { lookAt, nodeFileSystem, Turns, type FileSystem } from './file-system.js';
import { ignoreMatcher, LUIGI_TEMPORARY } from './glob.js';
import { LocalFiles } from './local-files.js';
import { moveNewFolder, writeNewFolder } from './new-folder.js';
import { permissionsOf, planRestore, type PlannedFile, type RestorePlan } from './restore-plan.js';
import type { RestoreOptions } from './restore-options.js';
import type { RestoreReport, TreeSource } from './shapes.js';
import { TargetFolder, tellsNamesApart } from './target-folder.js';
import { TEMPORARY_LENGTH, TemporaryFolder } from './temporary-folder.js';

/** A link that has not its place yet. */
interface MadeLink {
  readonly path: string;
  readonly from: string;
}

/**
 * Makes a folder what trees say. Nothing is written outside of it, whatever they say and whatever lies in it. First all contents are fetched and
 * verified, beside the folder; then each file gets its name at once, and a new or empty folder all of them together. Whoever is killed on the way
 * leaves whole files only.
 *
 * @param root is made if it is not there; if it is a link to a folder, it is that one
 * @param sources of those that have the same path, the first wins
 * @returns what was done. What is unsafe or damaged is left out and reported, the rest is restored
 * @throws TaskError `E_TASK_UNSAFE` if the trees are larger than the limits, `E_TASK_FILES` if something cannot be read or written; what a store
 * fails with; the signal's reason
 */
export async function restoreTree(root: string, sources: readonly TreeSource[], options: RestoreOptions = {}): Promise<RestoreReport> {
  const restoring = new Restoring(root, options);
  try {
    return await restoring.run(sources);
  } finally {
    restoring.close();
  }
}

class Restoring {
  private readonly fileSystem: FileSystem;
  private readonly root: string;
  private readonly isLeft: (path: string) => boolean;
  private readonly target: TargetFolder;
  private readonly refused: Refusal[] = [];
  private temporary?: TemporaryFolder;
  private apart?: boolean;
  private written = 0;
  private bytesWritten = 0;
  private unchanged = 0;
  private deleted = 0;

  constructor(root: string, private readonly options: RestoreOptions) {
    this.fileSystem = options.fileSystem ?? nodeFileSystem;
    this.root = realRoot(root, this.fileSystem);
    const isIgnored = ignoreMatcher(options.ignore ?? [LUIGI_TEMPORARY]);
    this.isLeft = (path) => options.keep?.has(path) === true || isIgnored(path);
    this.apart = options.caseSensitive;
    this.target = new TargetFolder(this.root, this.fileSystem, () => this.tellsApart());
  }

  async run(sources: readonly TreeSource[]): Promise<RestoreReport> {
    const { options: { limits }, isLeft } = this;
    const maxPath = maxPathBelow(this.root) - TEMPORARY_LENGTH;
    const plan = planRestore(sources, { limits, isLeft, maxPath, tellsApart: () => this.tellsApart() });
    this.refused.push(...plan.refused);
    const damaged = [...plan.damaged, ...(this.isNew() ? await this.makeNew(plan) : await this.change(plan))];
    const { written, bytesWritten, unchanged, deleted, refused } = this;
    return { written, bytesWritten, unchanged, deleted, refused, damaged };
  }

  close(): void {
    this.temporary?.remove();
  }

  /** Builds the whole folder elsewhere, and gives it its name. */
  private async makeNew(plan: RestorePlan): Promise<readonly Refusal[]> {
    const { fileSystem, root, options: { memory } } = this;
    const place = `${this.workspace().path}/new`;
    await writeNewFolder(place, plan, root, fileSystem);
    const { fetched, damaged } = await this.fetch(plan.files, (file) => `${place}/${file.entry.path}`);
    const settled = await this.settle(fetched);
    if (!moveNewFolder(place, root, plan.links, fileSystem)) {
      await this.putAll(fetched, this.makeLinks(plan), plan, settled); // somebody else was first, or this cannot be done here
      return damaged;
    }
    for (const { file: { entry }, stat } of fetched) memory?.remember(entry.path, stat, entry.digest, settled);
    this.written += fetched.length + plan.links.length + plan.folders.length;
    this.bytesWritten += fetched.reduce((sum, { file: { entry } }) => sum + entry.bytes, 0);
    for (const folder of plan.folders.toReversed()) this.target.setMode(folder.path, permissionsOf(folder));
    return damaged;
  }

  /** Replaces what differs. Until all of it has been fetched, the folder stays as it is. */
  private async change(plan: RestorePlan): Promise<readonly Refusal[]> {
    const { options, target } = this;
    const removed = new Set((options.delete ?? []).map((path) => foldName(String(path))));
    const local = new LocalFiles(target, this.fileSystem, options.memory, options.scan);
    const wanted: PlannedFile[] = [];
    for (const file of plan.files) {
      options.signal?.throwIfAborted();
      const state = await local.compare(file.entry, options.signal);
      // One that is removed under another name of the same meaning would go with it.
      if (state === 'differs' || (removed.has(foldName(file.entry.path)) && !this.tellsApart())) wanted.push(file);
      else if (state === 'same') this.unchanged++;
      else if (target.setMode(file.entry.path, permissionsOf(file.entry))) this.written++;
    }
    const place = wanted.length + plan.links.length > 0 ? this.workspace().path : '';
    const names = new Map(wanted.map((file, index) => [file, `${place}/${index}`]));
    const { fetched, damaged } = await this.fetch(wanted, (file) => names.get(file)!);
    const settled = await this.settle(fetched);
    this.target.forget();
    const links = this.makeLinks(plan);
    await this.remove(plan);
    await this.putAll(fetched, links, plan, settled);
    return damaged;
  }

  private async fetch(files: readonly PlannedFile[], to: (file: PlannedFile) => string): ReturnType<typeof fetchContents> {
    const { fileSystem, target, options: { signal, touch, onProgress } } = this;
    if (files.length === 0) return { fetched: [], damaged: [] };
    const jobs = files.map((file) => ({ file, to: to(file), name: target.at(file.entry.path) }));
    return fetchContents(jobs, { fileSystem, signal, touch, onProgress });
  }

  private async putAll(fetched: Fetched[], links: readonly MadeLink[], plan: RestorePlan, settled: boolean): Promise<void> {
    const { target } = this;
    const turns = new Turns(500);
    const next = async () => { if (await turns.step()?.then(() => true)) target.forget(); };
    for (const folder of plan.folders) {
      const there = target.look(folder.path) !== undefined;
      this.count(folder.path, target.makeFolder(folder.path), there);
      await next();
    }
    for (const file of fetched.sort((a, b) => a.file.entry.path < b.file.entry.path ? -1 : 1)) {
      this.putFile(file, settled);
      await next();
    }
    for (const { path, from } of links) {
      this.count(path, target.put(path, from), false);
      await next();
    }
    for (const folder of plan.folders.toReversed()) target.setMode(folder.path, permissionsOf(folder));
  }

  /** Under names of their own, those that are not there. */
  private makeLinks({ links }: RestorePlan): MadeLink[] {
    const { target } = this;
    const wanted = links.filter(({ path, target: to }) => !target.look(path)?.isSymbolicLink() || target.target(path) !== to);
    this.unchanged += links.length - wanted.length;
    return wanted.map(({ path, target: to }, index) => {
      const from = `${this.workspace().path}/link-${index}`;
      attempt('make the link', target.at(path), () => this.fileSystem.symlinkSync(to, from));
      return { path, from };
    });
  }

  private putFile({ file: { entry }, to, stat }: Fetched, settled: boolean): void {
    const { target, options: { memory } } = this;
    const obstacle = target.put(entry.path, to);
    this.count(entry.path, obstacle, false);
    if (obstacle !== undefined) return;
    this.bytesWritten += entry.bytes;
    const now = memory && target.look(entry.path);
    // The new name has changed one of its times. Had somebody written to it since, it would have the other one of now.
    if (now?.mtimeNs === stat.mtimeNs && now.size === stat.size && now.ino === stat.ino) memory!.remember(entry.path, now, entry.digest, settled);
  }

  private async remove(plan: RestorePlan): Promise<void> {
    const { target, options } = this;
    const turns = new Turns(500);
    const parents = new Set<string>();
    for (const path of options.delete ?? []) {
      const reason = checkPath(path);
      if (reason !== undefined) this.refused.push({ path: String(path), reason });
      if (reason !== undefined || this.isLeft(path)) continue;
      const [stat, kind] = [target.look(path), plan.kinds.get(path)];
      if ((kind === 'file' && stat?.isFile()) || (kind === 'folder' && stat?.isDirectory()) || (kind === 'link' && stat?.isSymbolicLink())) continue;
      if (target.remove(path)) this.deleted++;
      for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) parents.add(path.slice(0, end));
      if (await turns.step()?.then(() => true)) target.forget();
    }
    for (const folder of [...parents].sort((a, b) => b.length - a.length)) {
      if (plan.kinds.get(folder) !== 'folder' && !this.isLeft(folder)) target.removeFolder(folder);
    }
  }

  private count(path: string, obstacle: string | undefined, isThere: boolean): void {
    if (obstacle !== undefined) this.refused.push({ path, reason: obstacle });
    else if (isThere) this.unchanged++;
    else this.written++;
  }

  /** @returns whether whatever anybody does to the files from now on shows in their times */
  private async settle(fetched: readonly Fetched[]): Promise<boolean> {
    if (fetched.length === 0 || this.options.memory === undefined) return false;
    const latest = fetched.reduce((time, { stat }) => stat.ctimeNs > time ? stat.ctimeNs : time, 0n);
    return this.workspace().waitForChangesAfter(latest);
  }

  /** Whether a whole folder may take its place: there is none, or one with nothing in it. */
  private isNew(): boolean {
    const { root, fileSystem } = this;
    try {
      if (fileSystem.readdirSync(root).length > 0) return false;
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw filesError('read the folder', root, error);
    }
    return dirname(this.workspace().path) === dirname(root);
  }

  private tellsApart(): boolean {
    return this.apart ??= tellsNamesApart(this.workspace().path, this.fileSystem);
  }

  private workspace(): TemporaryFolder {
    const { root, fileSystem } = this;
    if (this.temporary === undefined) {
      attempt('make the folder', dirname(root), () => fileSystem.mkdirSync(dirname(root), { recursive: true }));
      this.temporary = TemporaryFolder.make(root, fileSystem);
    }
    return this.temporary;
  }
}

/** A link that somebody has made of the folder itself is followed: it is theirs. */
function realRoot(root: string, fileSystem: FileSystem): string {
  const path = resolve(root);
  try {
    return fileSystem.realpathSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw filesError('read the folder', path, error);
  }
  if (lookAt(path, fileSystem) === undefined) return path;
  throw new TaskError('E_TASK_FILES', `cannot write to ${JSON.stringify(path)}: it is a symbolic link to something that is not there; remove it`);
}
