import { spawn } from 'node:child_process';

/**
 * Runs a command to its end with its output kept back.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<{ code: number, output: string }>} code 127: there is no such command; 124: `options.signal` ended it
 */
export function capture(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.stderr.on('data', (data) => {
      output += data;
    });
    child.on('error', (error) => {
      if (error.code === 'ENOENT') resolve({ code: 127, output: '' });
      else if (error.name === 'AbortError') resolve({ code: 124, output });
      else reject(error);
    });
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * Runs a command in the foreground and returns its exit code. Stop signals are passed on; Ctrl-C has reached the child through
 * the terminal by then, and a child takes the two for one. The channel between the two lets the child notice (`stopWithParent`)
 * when this process is killed outright.
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
export function foreground(command, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

/** In a process that `foreground` started: asks this one to stop when the other is gone. */
export function stopWithParent() {
  if (!process.channel) return;
  process.channel.unref();
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}

/** Runs npm with the Node that runs us. @param {string[]} args @param {import('node:child_process').SpawnOptions} [options] */
export function npm(args, options) {
  const cli = process.env.npm_execpath;
  return cli?.endsWith('npm-cli.js')
    ? capture(process.execPath, [cli, ...args], options)
    : capture('npm', args, options);
}

/** The last lines of a command's output, for an error message. @param {string} output */
export function lastLines(output) {
  return output.trim().split('\n').slice(-12).join('\n');
}
