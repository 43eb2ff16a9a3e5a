import { InvalidInputError } from '../schema/errors.ts';
import { bedrock } from './bedrock.ts';
import type { Exporter } from './exporter.ts';
import { llamaFactory } from './llama-factory.ts';
import { msSwift } from './ms-swift.ts';
import { openai } from './openai.ts';
import { trl } from './trl.ts';
import { verl } from './verl.ts';
import { webdatasetShards } from './webdataset.ts';

/** Every format that a run is exported to. */
export const EXPORTERS: readonly Exporter[] = [webdatasetShards, trl, llamaFactory, verl, msSwift, openai, bedrock];

/** The format of a name. Throws `InvalidInputError` for one there is none of. */
export function findExporter(name: string): Exporter {
  const found = EXPORTERS.find((exporter) => exporter.name === name);
  if (found) return found;
  const names = EXPORTERS.map((exporter) => exporter.name).join(', ');
  throw new InvalidInputError(`There is no format ${JSON.stringify(name)}; give one of ${names}`);
}
