import { Command } from 'commander';
import type { Wire } from '../context.js';

export function vaultCommand(_wire: Wire): Command {
  return new Command('vault').description('sessions of AWS profiles that are kept, encrypted');
}
