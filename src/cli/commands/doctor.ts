import type { Command } from 'commander';
import type { Finding } from '../../base/finding.ts';
import { type AwsCommandOptions, withAwsOptions } from '../options/aws-options.ts';
import { print } from '../print.ts';
import type { Verdicts } from '../views/render-findings.ts';

interface DoctorOptions extends AwsCommandOptions {
  store: string;
  deep?: boolean;
  aws?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command('doctor')
    .description(
      'show what this machine has: Node, TensorFlow, device, memory, disk, compiler, AWS credentials; with --aws, what the account has; or what of a run is damaged or stale',
    )
    .argument('[run]', 'run id: show what in it is missing, changed, or made by older versions of its rewards')
    .option('--deep', 'read every file of the run and compare it with its manifest; else sizes alone are looked at')
    .option('--store <place>', 'folder or s3://bucket/prefix that the run is in', '.rise')
    .option(
      '--aws',
      'show what an AWS account has for a deployment and its runs, or lacks; asks it, and changes nothing',
    )
    .addHelpText(
      'after',
      '\nWith --json: {"ready", "findings": [{"name", "value", "remedy"?}]}, of a run {"ready", "finished", "damaged", "stale", "stopped"?}',
    );
  withAwsOptions(command).action(async (run, options) => {
    if (run !== undefined) await runExamination(run, options);
    else if (options.aws) await runAccountDoctor(options);
    else await runDoctor(options);
  });
}

/** Exits 1 where anything of the run is damaged or stale. */
async function runExamination(runId: string, { store, deep, json }: DoctorOptions): Promise<void> {
  const [{ examineRun }, { openStore }, { readBudgetStop }, { describeExamination, renderExamination }] =
    await Promise.all([
      import('../../lineage/examine-run.ts'),
      import('../../store/open-store.ts'),
      import('../../launch/run-budget.ts'),
      import('../views/render-examination.ts'),
    ]);
  const { renderBudgetStop } = await import('../views/render-budget.ts');
  const opened = openStore(store);
  const examination = await examineRun(opened, runId, deep ? 'contents' : 'sizes');
  const stopped = await readBudgetStop(opened, runId);
  const ready = examination.stale.length + examination.damaged.length === 0;
  print(
    json
      ? JSON.stringify({ ready, ...describeExamination(examination), ...(stopped && { stopped }) })
      : [
          renderExamination(examination),
          ...(stopped
            ? [renderBudgetStop(stopped, store.startsWith('s3:') ? `rise resume ${runId}` : 'rise run CONFIG')]
            : []),
        ].join('\n'),
  );
  process.exitCode = ready ? 0 : 1;
}

/** Exits 0 when the engine can run here, 1 else. */
async function runDoctor({ json }: DoctorOptions): Promise<void> {
  const { examineMachine } = await import('../../local/machine/examine-machine.ts');
  const verdicts = { ready: 'The engine can run here.', lacking: 'The engine cannot run here yet.' };
  await tellFindings(await examineMachine(process.env), verdicts, json);
}

/** Exits 0 when the account lacks nothing, 1 else. */
async function runAccountDoctor({ json, profile, region }: DoctorOptions): Promise<void> {
  const [{ examineAccount }, { contextPath }] = await Promise.all([
    import('../../aws/examine-account.ts'),
    import('../../aws/choices.ts'),
  ]);
  const verdicts = { ready: 'The account lacks nothing.', lacking: 'The account lacks what an arrow stands at.' };
  await tellFindings(await examineAccount({ profile, region }, contextPath), verdicts, json);
}

async function tellFindings(findings: readonly Finding[], verdicts: Verdicts, json = false): Promise<void> {
  const { renderFindings } = await import('../views/render-findings.ts');
  const ready = findings.every(({ remedy }) => remedy === undefined);
  print(json ? JSON.stringify({ ready, findings }) : renderFindings(findings, verdicts));
  process.exitCode = ready ? 0 : 1;
}
