import { Argument, Command } from 'commander';
import type { Action, Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { treeOf } from './tree.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = typeof SHELLS[number];

/** @param program the whole command tree */
export function completionCommand(wire: Wire, program: () => Command): Command {
  const completion: Action<object> = async (_, io, shell) => {
    const { scriptFor } = await import('./scripts.js');
    io.stdout.write(scriptFor[shell as Shell](treeOf(program())));
    return EXIT.ok;
  };
  return new Command('completion')
    .description('print a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', `
To install it:
  bash  cache-tiers completion bash > ~/.local/share/bash-completion/completions/cache-tiers
  zsh   cache-tiers completion zsh > "\${fpath[1]}/_cache-tiers", and start a new shell
  fish  cache-tiers completion fish > ~/.config/fish/completions/cache-tiers.fish
or for this session only:
  bash  source <(cache-tiers completion bash)
  zsh   source <(cache-tiers completion zsh)
  fish  cache-tiers completion fish | source`)
    .action(wire(completion));
}
