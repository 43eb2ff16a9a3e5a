import { type Command, Option } from 'commander';
import type { ProjectChoices } from '../../launch/new-project/create-project.ts';
import type { Trained } from '../../launch/new-project/project-config.ts';
import { print } from '../print.ts';

interface InitOptions {
  model?: string;
  data?: string;
  train?: Trained;
  yes?: boolean;
  json?: boolean;
}

const DEFAULT_FOLDER = 'my-run';

export function register(program: Command): void {
  program
    .command('init')
    .description('make a folder with a run config and a dataset: four questions, or options; overwrites nothing')
    .argument('[folder]', `folder to make, new or empty; ${DEFAULT_FOLDER} when nobody is asked`)
    .option('--model <dir>', 'checkpoint folder in Hugging Face layout; the model of 0.6 M parameters of this package')
    .option('--data <path>', 'your rows, as rise convert reads them, a tenth held out; a sample of charts when absent')
    .addOption(
      new Option('--train <what>', 'every weight (the default), or a LoRA adapter').choices(['weights', 'adapter']),
    )
    .option('--yes', 'ask nothing: what is not given is as said above')
    .option('--json', 'ask nothing, and print one line: {"folder", "config", "rows": {"train", "evaluation"}, ...}')
    .action(init);
}

async function init(folder: string | undefined, options: InitOptions): Promise<void> {
  const [{ createProject }, { readCheckedModel }, { renderProject }] = await Promise.all([
    import('../../launch/new-project/create-project.ts'),
    import('../options/checked-model.ts'),
    import('../views/render-project.ts'),
  ]);
  const choices = await choose(folder, options);
  const project = await createProject(choices, await readCheckedModel(choices.model), (format, sign) =>
    process.stderr.write(`read as ${format}: ${sign}\n`),
  );
  print(options.json ? JSON.stringify(project) : renderProject(project));
}

/** Asks for what is not given, where there is somebody to ask. */
async function choose(folder: string | undefined, options: InitOptions): Promise<ProjectChoices> {
  const [{ ask }, { join }, { packageRoot }] = await Promise.all([
    import('../ask.ts'),
    import('node:path'),
    import('../../base/package-root.ts'),
  ]);
  const isQuiet = options.yes || options.json;
  const answer = async (given: string | undefined, question: string, standard: string) => {
    if (given !== undefined || isQuiet) return given ?? standard;
    return (await ask(`${question} [${standard}] `))?.trim() || standard;
  };
  const model = join(packageRoot, 'models/rise-tiny');
  const chosen = {
    folder: await answer(folder, 'Folder to make?', DEFAULT_FOLDER),
    model: await answer(options.model, 'Model to train, a checkpoint folder?', model),
    data: await answer(options.data, 'Your data, a file or folder of rows, or sample?', 'sample'),
    trained: await answer(options.train, 'Train weights, or an adapter?', 'weights'),
  };
  return {
    ...chosen,
    data: chosen.data === 'sample' && options.data === undefined ? undefined : chosen.data,
    trained: /^a/i.test(chosen.trained) ? 'adapter' : 'weights',
  };
}
