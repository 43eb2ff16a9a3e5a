import type { Command } from 'commander';
import { print } from '../print.ts';

export function register(program: Command): void {
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
  const [{ examineRun }, { openStore }, { describeStale, renderStale }] = await Promise.all([
    import('../../lineage/examine-run.ts'),
    import('../../store/open-store.ts'),
    import('../views/render-stale.ts'),
  ]);
  const stale = await examineRun(openStore(store), runId);
  const ready = stale.length === 0;
  print(json ? JSON.stringify({ ready, stale: describeStale(stale) }) : renderStale(stale));
  process.exitCode = ready ? 0 : 1;
}

/** Exits 0 when the engine can run here, 1 else. */
async function runDoctor({ json }: { json?: boolean }): Promise<void> {
  const [{ examineMachine }, { renderFindings }] = await Promise.all([
    import('../../local/machine/examine-machine.ts'),
    import('../views/render-findings.ts'),
  ]);
  const findings = await examineMachine(process.env);
  const ready = findings.every((finding) => finding.remedy === undefined);
  print(json ? JSON.stringify({ ready, findings }) : renderFindings(findings));
  process.exitCode = ready ? 0 : 1;
}
