import { Command } from 'commander';
import type { Wire } from '../context.js';
import { deleteCommand } from './delete.js';
import { flushCommand } from './flush.js';
import { peekCommand } from './peek.js';
import { statsCommand } from './stats.js';

export function memoCommand(wire: Wire): Command {
  const memo = new Command('memo').description('memoized functions and their table (construct MemoCache, client memoize)');
  for (const command of [statsCommand, peekCommand, deleteCommand, flushCommand]) memo.addCommand(command(wire));
  return memo;
}
