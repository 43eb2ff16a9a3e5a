import { loadDataset } from '../datasets/load-dataset.ts';
import { renderDatasetSummary, summarizeDataset } from '../datasets/summarize-dataset.ts';

/** Prints what a dataset holds and everything wrong with it; faults make the exit code 1. */
export async function checkDataset(path: string, { json }: { json?: boolean }): Promise<void> {
  const { architectures } = await import('../engine/models/registry.ts');
  const [model] = architectures;
  const { prompts, faults } = await loadDataset(path);
  const summary = summarizeDataset(prompts, faults, model);
  console.log(json ? JSON.stringify(summary) : renderDatasetSummary(summary, model));
  if (faults.length > 0) process.exitCode = 1;
}
