import type { Command } from 'commander';
import { print } from '../print.ts';

interface DoctorOptions {
  store: string;
  deep?: boolean;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command('doctor')
    .description(
      'show what this machine has: Node, TensorFlow, device, memory, disk, compiler, AWS credentials; or what of a run is damaged or stale',
    )
    .argument('[run]', 'run id: show what in it is missing, changed, or made by older versions of its rewards')
    .option('--deep', 'read every file of the run and compare it with its manifest; else sizes alone are looked at')
    .option('--store <place>', 'folder or s3://bucket/prefix that the run is in', '.rise')
    .option(
      '--json',
      'print one line: {"ready", "findings": [{"name", "value", "remedy"?}]}, of a run {"ready", "damaged", "stale"}',
    )
    .action(async (run, options) => {
      if (run === undefined) await runDoctor(options);
      else await runExamination(run, options);
    });
}

/** Exits 1 where anything of the run is damaged or stale. */
async function runExamination(runId: string, { store, deep, json }: DoctorOptions): Promise<void> {
  const [{ examineRun }, { openStore }, { describeExamination, renderExamination }] = await Promise.all([
    import('../../lineage/examine-run.ts'),
    import('../../store/open-store.ts'),
    import('../views/render-examination.ts'),
  ]);
  const examination = await examineRun(openStore(store), runId, deep ? 'contents' : 'sizes');
  const ready = examination.stale.length + examination.damaged.length === 0;
  print(json ? JSON.stringify({ ready, ...describeExamination(examination) }) : renderExamination(examination));
  process.exitCode = ready ? 0 : 1;
}

/** Exits 0 when the engine can run here, 1 else. */
async function runDoctor({ json }: DoctorOptions): Promise<void> {
  const [{ examineMachine }, { renderFindings }] = await Promise.all([
    import('../../local/machine/examine-machine.ts'),
    import('../views/render-findings.ts'),
  ]);
  const findings = await examineMachine(process.env);
  const ready = findings.every((finding) => finding.remedy === undefined);
  print(json ? JSON.stringify({ ready, findings }) : renderFindings(findings));
  process.exitCode = ready ? 0 : 1;
}
