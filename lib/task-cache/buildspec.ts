import { Token } from 'aws-cdk-lib';
import { ProjectCommands } from './project-options';

interface Phase {
  readonly commands?: unknown;
  readonly finally?: unknown;
}

interface Buildspec {
  readonly phases?: { readonly [name: string]: Phase };
}

/** A buildspec that is none of `BuildSpec.fromObject`: a name of a file, an address of one, or YAML. Nothing: CodeBuild looks for `buildspec.yml`. */
export interface ForeignBuildspec {
  readonly foreign: string;
}

/**
 * Adds commands to a buildspec, as the resource has it once it is resolved: JSON, or pieces of JSON with what CloudFormation puts between them,
 * which stays what it is.
 */
export function withCommands(resolved: unknown, commands: ProjectCommands): string | ForeignBuildspec {
  const pieces = piecesOf(resolved);
  const text = markedText(pieces);
  if (text === undefined) return { foreign: typeof resolved === 'string' ? resolved : 'buildspec.yml' };
  const spec = parsed(text);
  if (spec === undefined) return { foreign: typeof resolved === 'string' ? resolved : JSON.stringify(resolved) };
  return unmarked(JSON.stringify(extended(spec, commands), null, 2), pieces);
}

/** Around what is there: pulled first of all before the build, pushed first of all after it, before anything there cleans up. */
function extended(spec: Buildspec, { pull, push }: ProjectCommands): Buildspec {
  const phases = spec.phases ?? {};
  const last = phases.build === undefined && phases.post_build !== undefined ? 'post_build' : 'build';
  return {
    ...spec,
    phases: {
      ...phases,
      pre_build: { ...phases.pre_build, commands: [...pull, ...listOf(phases.pre_build?.commands)] },
      ...(push.length > 0 && {
        [last]: { ...phases[last], commands: phases[last]?.commands ?? [':'], finally: [...push, ...listOf(phases[last]?.finally)] },
      }),
    },
  };
}

/** CodeBuild takes one command for a list of one. */
const listOf = (commands: unknown): unknown[] => commands === undefined ? [] : [commands].flat();

/** Strings, and what CloudFormation puts in between. */
function piecesOf(resolved: unknown): readonly unknown[] {
  if (typeof resolved === 'string') return [resolved];
  const join = (resolved as { readonly 'Fn::Join'?: readonly [string, readonly unknown[]] } | undefined)?.['Fn::Join'];
  return join?.[0] === '' && Array.isArray(join[1]) ? join[1] : [];
}

const mark = (index: number) => `<<cache-tiers:${index}>>`;

/** JSON with a mark for each piece that is none: inside a text as it is, elsewhere as a text of its own, which `unmarked` makes what it was. */
function markedText(pieces: readonly unknown[]): string | undefined {
  if (pieces.length === 0) return undefined;
  let text = '';
  let quoted = false;
  pieces.forEach((piece, index) => {
    if (typeof piece !== 'string') {
      text += quoted ? mark(index) : `"bare${mark(index)}"`;
      return;
    }
    for (const [each] of piece.matchAll(/\\.|[^\\]/gs)) if (each === '"') quoted = !quoted;
    text += piece;
  });
  return text;
}

function unmarked(text: string, pieces: readonly unknown[]): string {
  return text.replaceAll(/"bare<<cache-tiers:(\d+)>>"|<<cache-tiers:(\d+)>>/g, (_, bare?: string, inside?: string) =>
    Token.asString(pieces[Number(bare ?? inside)]));
}

function parsed(text: string): Buildspec | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
