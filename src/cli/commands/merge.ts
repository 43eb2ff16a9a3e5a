import type { Command } from 'commander';
import { requireAdapter, requireModel } from '../options/require-folder.ts';
import { print } from '../print.ts';

interface MergeOptions {
  model: string;
  adapter: string;
  out: string;
}

export function register(program: Command): void {
  program
    .command('merge')
    .description('make a whole checkpoint of a model and its LoRA adapter, in the type that the weights are stored in')
    .requiredOption('--model <dir>', 'checkpoint folder of the model that the adapter is for')
    .requiredOption(
      '--adapter <dir>',
      "the adapter's folder, in PEFT's format: the checkpoint of a run that trained one",
    )
    .requiredOption('--out <dir>', 'folder for the checkpoint: a new or an empty one')
    .action(merge);
}

async function merge({ model, adapter, out }: MergeOptions): Promise<void> {
  await requireModel(model);
  await requireAdapter(adapter);
  const { mergeFolders } = await import('../../engine/merge-adapter.ts');
  const { layers, weightFiles } = await mergeFolders(model, adapter, out);
  print(`${layers} layers merged into ${weightFiles.join(', ')}\ncheckpoint: ${out}`);
}
