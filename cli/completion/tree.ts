import type { Command, Option } from 'commander';
import { kindOfArguments, kindOfOption, type Kind, type KindOfArguments } from './kinds.js';

/** A command as completion needs to know it. */
export interface CompletionNode {
  /** Commands that lead here, without the program's name: `['memo', 'flush']`. */
  readonly path: readonly string[];
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  /** The command's own and those of its ancestors. */
  readonly options: readonly CompletionOption[];
  /** Values that its first argument may have. */
  readonly choices: readonly string[];
  /** Where its arguments are names that the command itself is asked for. */
  readonly names?: KindOfArguments;
}

export interface CompletionOption {
  /** `--table`; the long name where there is one. */
  readonly name: string;
  readonly short?: string;
  readonly description: string;
  readonly takesValue: boolean;
  /** Where its value is a name that the command itself is asked for. */
  readonly kind?: Kind;
}

/** All commands, the program first. */
export function treeOf(program: Command): CompletionNode[] {
  const nodes: CompletionNode[] = [];
  const visit = (command: Command, path: readonly string[], inherited: readonly CompletionOption[]) => {
    // --version is the program's alone; commander takes it anywhere, but nobody looks for it there.
    const options = [...command.createHelp().visibleOptions(command).map(optionOf), ...inherited];
    nodes.push({
      path, options: options.filter(({ name }, i) => options.findIndex((other) => other.name === name) === i), // the nearest of a name
      commands: command.commands.map((child) => ({ name: child.name(), description: child.description() })),
      choices: command.registeredArguments[0]?.argChoices ?? [],
      names: kindOfArguments(path, command.registeredArguments),
    });
    const passedOn = command.options.map(optionOf).filter(({ name }) => name !== '--version');
    for (const child of command.commands) visit(child as Command, [...path, child.name()], [...passedOn, ...inherited]);
  };
  visit(program, [], []);
  return nodes;
}

function optionOf({ long, short, description, required, optional }: Option): CompletionOption {
  return { name: long ?? short!, ...(long && short && { short }), description, takesValue: required || optional, kind: kindOfOption(long ?? '') };
}
