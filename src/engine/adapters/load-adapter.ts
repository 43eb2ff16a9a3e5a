import { listLayerShapes, listLinearLayers, parseAdapterName } from '../../schema/adapter-shapes.ts';
import { UnsupportedModelError } from '../../schema/errors.ts';
import type { Architecture } from '../models/architecture.ts';
import { selectWeights } from '../models/select-weights.ts';
import { createWeightVariable } from '../runtime/weight-variable.ts';
import { loadTensors } from '../weights/load-tensors.ts';
import type { ModelFiles } from '../weights/model-files.ts';
import { readTensorHeader, type StoredTensor } from '../weights/safetensors-header.ts';
import type { Adapter } from './adapter.ts';
import { ADAPTER_WEIGHTS, PEFT_PREFIX, rankOf, readPeftConfig, scaleOf } from './peft-config.ts';

let instances = 0;

/** An adapter's folder, of which no values have been read. */
export interface StoredAdapter extends Pick<Adapter, 'config' | 'scales'> {
  /** By the names in `Adapter.weights`. */
  tensors: Map<string, StoredTensor>;
}

/** What an adapter is for. */
export interface AdaptedModel {
  architecture: Pick<Architecture, 'canonicalName' | 'moduleName'>;
  /** Under their Hugging Face names. */
  weightShapes: ReadonlyMap<string, readonly number[]>;
}

/**
 * Loads an adapter from a folder in PEFT's format.
 *
 * @throws UnsupportedModelError an adapter of another model, or of a kind that is not computed
 */
export async function loadAdapter(files: ModelFiles, model: AdaptedModel, dropout = 0): Promise<Adapter> {
  const { tensors, config, scales } = await openAdapter(files, model);
  const instance = instances++;
  const weights = [...(await loadTensors(tensors))].map(
    ([name, tensor]) => [name, createWeightVariable(tensor, `adapter${instance}/${name}`)] as const,
  );
  return { config, scales, weights: new Map(weights), dropout };
}

/** As `loadAdapter`, without its values. */
export async function openAdapter(files: ModelFiles, model: AdaptedModel): Promise<StoredAdapter> {
  const { canonicalName, moduleName } = model.architecture;
  const config = await readPeftConfig(files.read);
  const file = await files.open(ADAPTER_WEIGHTS);
  if (!file) throw new UnsupportedModelError(`the adapter's folder has no ${ADAPTER_WEIGHTS}; save it as safetensors`);
  const stored = await readTensorHeader(file);
  const named = new Map([...stored].map(([name, tensor]) => [canonicalName(name.replace(PEFT_PREFIX, '')), tensor]));
  const layers = listLinearLayers(model.weightShapes);
  const adapted = new Set([...named.keys()].map((name) => layerOf(name, layers)));
  // In the model's order, as for a new adapter: the draws of a layer go by its number.
  const chosen = [...layers].filter(([layer]) => adapted.has(layer));
  const shapes = chosen.flatMap(([layer, shape]) => listLayerShapes(layer, shape, rankOf(config, moduleName(layer))));
  const scales = new Map(chosen.map(([layer]) => [layer, scaleOf(config, moduleName(layer))]));
  return { config, scales, tensors: selectWeights(named, new Map(shapes)) };
}

/** A tensor that no update has a place for would be left out in silence. */
function layerOf(name: string, layers: ReadonlyMap<string, unknown>): string {
  const layer = parseAdapterName(name);
  if (layer !== undefined && layers.has(layer)) return layer;
  throw new UnsupportedModelError(
    `${ADAPTER_WEIGHTS} holds ${name}, which is no update of a linear layer of this model; ` +
      'give an adapter of this model that updates linear layers alone',
  );
}
