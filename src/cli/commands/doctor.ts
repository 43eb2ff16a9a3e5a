import type { Command } from 'commander';
import type { Finding } from '../machine/finding.ts';

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('show what this machine has: Node, TensorFlow, device, memory, disk, compiler, AWS credentials')
    .option('--json', 'print one line: {"ready", "findings": [{"name", "value", "remedy"?}]}')
    .action(runDoctor);
}

/** Exits 0 when the engine can run here, 1 else. */
async function runDoctor({ json }: { json?: boolean }): Promise<void> {
  const { examineMachine } = await import('../machine/examine-machine.ts');
  const findings = await examineMachine(process.env);
  const ready = findings.every((finding) => finding.remedy === undefined);
  if (json) console.log(JSON.stringify({ ready, findings }));
  else console.log(render(findings, ready));
  process.exitCode = ready ? 0 : 1;
}

function render(findings: readonly Finding[], ready: boolean): string {
  const width = Math.max(...findings.map(({ name }) => name.length)) + 2;
  const lines = findings.flatMap(({ name, value, remedy }) => [
    `${name.padEnd(width)}${value}`,
    ...(remedy === undefined ? [] : [`${' '.repeat(width)}-> ${remedy}`]),
  ]);
  return [...lines, '', ready ? 'The engine can run here.' : 'The engine cannot run here yet.'].join('\n');
}
