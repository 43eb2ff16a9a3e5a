import type { Command } from 'commander';
import type { Finding } from '../../local/machine/finding.ts';

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description(
      'show what this machine has: Node, TensorFlow, device, memory, disk, compiler, AWS credentials; or what of a run is stale',
    )
    .argument('[run]', 'run id: show what in it was made by older versions of its rewards')
    .option('--store <place>', 'folder or s3://bucket/prefix that the run is in', '.rise')
    .option(
      '--json',
      'print one line: {"ready", "findings": [{"name", "value", "remedy"?}]}, of a run {"ready", "stale"}',
    )
    .action(async (run, options) => {
      if (run === undefined) await runDoctor(options);
      else await runExamination(run, options);
    });
}

/** Exits 1 where anything of the run is stale. */
async function runExamination(runId: string, { store, json }: { store: string; json?: boolean }): Promise<void> {
  const { examineRun } = await import('../../lineage/examine-run.ts');
  const { openStore } = await import('../../store/open-store.ts');
  const { describeStale, renderStale } = await import('../views/render-stale.ts');
  const stale = await examineRun(openStore(store), runId);
  const ready = stale.length === 0;
  console.log(json ? JSON.stringify({ ready, stale: describeStale(stale) }) : renderStale(stale));
  process.exitCode = ready ? 0 : 1;
}

/** Exits 0 when the engine can run here, 1 else. */
async function runDoctor({ json }: { json?: boolean }): Promise<void> {
  const { examineMachine } = await import('../../local/machine/examine-machine.ts');
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
