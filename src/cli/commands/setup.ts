import type { Command } from 'commander';

/** Set-up itself happens before this code can run: `bin/rise.js` does what is missing ahead of every command. */
export function register(program: Command): void {
  program
    .command('setup')
    .description('install what is missing: Node, the TensorFlow library and the addon built against it')
    .action(() => console.log('Ready: Node, TensorFlow and the addon are in place.'));
}
