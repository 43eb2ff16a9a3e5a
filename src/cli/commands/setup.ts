import type { Command } from 'commander';
import { print } from '../print.ts';

/** Set-up itself happens before this code can run: `bin/rise.js` does what is missing ahead of every command. */
export function register(program: Command): void {
  program
    .command('setup')
    .description('install what is missing: Node, the TensorFlow library and the addon built against it')
    .action(() => print('Ready: Node, TensorFlow and the addon are in place.'));
}
