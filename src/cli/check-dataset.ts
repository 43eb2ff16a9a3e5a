import { loadDataset } from '../datasets/load-dataset.ts';
import { renderDatasetSummary, summarizeDataset } from '../datasets/summarize-dataset.ts';

/** Prints what a dataset holds and everything wrong with it; faults make the exit code 1. */
export async function checkDataset(path: string, { json }: { json?: boolean }): Promise<void> {
  const { prompts, faults } = await loadDataset(path);
  const summary = summarizeDataset(prompts, faults);
  console.log(json ? JSON.stringify(summary) : renderDatasetSummary(summary));
  if (faults.length > 0) process.exitCode = 1;
}
