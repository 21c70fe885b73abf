import * as path from 'node:path';
import * as ts from 'typescript';

const REPOSITORY = path.join(__dirname, '../..');

/**
 * What TypeScript finds wrong in sources that stand in no file, each a module of its own.
 *
 * @param sources text by the path that it would have
 * @param paths where the package's names lead, below the repository
 * @returns `<path below the repository>: <message>`
 */
export function typeErrors(
  sources: ReadonlyMap<string, string>, paths: Readonly<Record<string, string>>, options: ts.CompilerOptions = {},
): string[] {
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, ...rest) => {
    const source = sources.get(name);
    return source === undefined ? getSourceFile(name, ...rest) : ts.createSourceFile(name, source, ts.ScriptTarget.ES2022);
  };
  host.fileExists = (name) => sources.has(name) || fileExists(name);
  const program = ts.createProgram([...sources.keys()], {
    target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true, noEmit: true, skipLibCheck: true, types: ['node'],
    paths: Object.fromEntries(Object.entries(paths).map(([name, place]) => [name, [path.join(REPOSITORY, place)]])),
    ...options,
  }, host);
  return [...sources.keys()].flatMap((name) => ts.getPreEmitDiagnostics(program, program.getSourceFile(name)))
    .map(({ file, messageText }) => `${path.relative(REPOSITORY, file?.fileName ?? '')}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}
