import { createProcessor } from '../../processing/processor.ts';
import type { Architecture } from '../architecture.ts';
import { selectWeights } from '../select-weights.ts';
import { parseModelConfig, type Qwen25VLConfig } from './config.ts';
import { initializeWeights } from './initialize-weights.ts';
import { Qwen25VL } from './model.ts';
import { createImageProcessor } from './processing/image-processor.ts';
import { smartResize } from './processing/smart-resize.ts';
import { HEAD, resolveTiedHead, tieToHead } from './tied-head.ts';
import { listWeightShapes } from './weight-shapes.ts';

/** What published checkpoints have: 14-pixel patches merged 2 by 2, and bounds on the resized area. */
const PUBLISHED_FACTOR = 28;
const PUBLISHED_LIMITS = { minPixels: 56 * 56, maxPixels: 28 * 28 * 16384 };

/** Names as published checkpoints have them (`visual.`, `model.`, `lm_head.`). */
const canonicalName = (name: string) =>
  name.replace(/^model\.visual\./, 'visual.').replace(/^model\.language_model\./, 'model.');

/** `model.visual.`, `model.language_model.`, `lm_head.` */
const moduleName = (name: string) =>
  name.startsWith('visual.') ? `model.${name}` : name.replace(/^model\./, 'model.language_model.');

const useCanonicalNames = <T>(tensors: ReadonlyMap<string, T>) =>
  new Map([...tensors].map(([name, tensor]) => [canonicalName(name), tensor]));

/** Qwen2.5-VL (arXiv 2502.13923). */
export const qwen25VL: Architecture<Qwen25VLConfig> = {
  modelType: 'qwen2_5_vl',
  title: 'Qwen2.5-VL',
  parseConfig: parseModelConfig,
  selectWeights: (config, all) => {
    const tensors = tieToHead(config, useCanonicalNames(all));
    const chosen = selectWeights(tensors, listWeightShapes(config));
    // Whether a head beside tied embeddings is one of its own is for its values to say.
    const head = tensors.get(HEAD);
    return head ? chosen.set(HEAD, head) : chosen;
  },
  canonicalName,
  moduleName,
  createModel: (asked, all) => {
    const { config, tensors } = resolveTiedHead(asked, all);
    return new Qwen25VL(config, tensors);
  },
  initializeWeights,
  createProcessor: (settings, limits) => {
    const { vision, text, imageTokenId } = parseModelConfig(settings.requireJson('config.json'));
    const imageProcessor = createImageProcessor(settings, limits, vision);
    return createProcessor(settings, imageProcessor, { imageTokenId, vocabSize: text.vocabSize });
  },
  countImageTokens: (size) => {
    const { width, height } = smartResize(size, PUBLISHED_FACTOR, PUBLISHED_LIMITS, 'image');
    return (width / PUBLISHED_FACTOR) * (height / PUBLISHED_FACTOR);
  },
};
