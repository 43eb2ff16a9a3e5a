// D = model width, X = width of all query heads, Y = of all key heads, I = width inside the MLP, H = query heads.

import type { Qwen25VLConfig } from '../../engine/models/qwen2_5_vl/config.ts';
import type { SegmentPlan } from '../../engine/training/plan-segments.ts';
import type { Device, Precision } from '../work.ts';
import { FLOAT32 } from './weights.ts';

/** The tokens of a pass. */
export interface Pass {
  /** Of all sequences. */
  tokens: number;
  /** Of the longest sequence. */
  longest: number;
}

/** How a pass forward and back is run. */
interface TrainingPass extends Pass {
  blocks: SegmentPlan['blocks'];
  precision: Precision;
  device: Device;
  isAdapter: boolean;
}

/**
 * Bytes that a pass forward and back holds of the decoder: of each layer what its gradient reads, or where blocks are recomputed its
 * input, and the insides of one layer; and the gradients inside one layer. Where whole weights are trained, the insides of a second
 * layer wait for their gradients, as measured.
 */
export function trainingActivations({ text }: Qwen25VLConfig, pass: TrainingPass): number {
  const { tokens, blocks, device, isAdapter } = pass;
  const insides = savedNumbers(text, pass);
  const inFull = isAdapter ? 1 : 2;
  const layers = blocks === 'kept' ? text.layerCount * insides : text.layerCount * text.hiddenSize + inFull * insides;
  return FLOAT32 * tokens * (layers + gradientNumbers(text, pass, device));
}

/** At their most in the MLP or, by TensorFlow's own ops, in attention: of its softmax and of the scores, each twice over. */
function gradientNumbers(text: Qwen25VLConfig['text'], pass: Pass, device: Device): number {
  const mlp = 3 * text.intermediateSize + text.hiddenSize;
  return device === 'cpu' ? mlp : Math.max(mlp, 3 * attentionNumbers(text, pass));
}

/**
 * Numbers, of float32's size, that the gradient of a layer reads of each token. Of the fused ops, inputs alone: those of both
 * norms (2 D), of attention (X + 2 Y), of the gate (2 I), and the products' (2 D + X + I, half the size in bf16). TensorFlow's
 * own ops also keep what lies between.
 */
function savedNumbers(text: Qwen25VLConfig['text'], pass: TrainingPass): number {
  const { precision, device } = pass;
  const { hiddenSize: D, intermediateSize: I, headCount, keyValueHeadCount, headSize } = text;
  const [X, Y] = [headCount * headSize, keyValueHeadCount * headSize];
  const factors = (2 * D + X + I) * (precision === 'bf16' ? 0.5 : 1);
  const fused = 2 * D + X + 2 * Y + 2 * I + factors;
  if (device === 'cpu') return fused;
  return fused + 2 * D + X + 4 * Y + 2 * I + attentionNumbers(text, pass);
}

/** Each query's share of every key of its block and of the one before. */
const attentionNumbers = ({ headCount }: Qwen25VLConfig['text'], { longest }: Pass) => 2 * longest * headCount;

/** Bytes that a pass forward alone holds: one layer's numbers, at their most in its MLP or its attention. */
export function forwardActivations({ text }: Qwen25VLConfig, pass: Pass, device: Device): number {
  const { hiddenSize: D, intermediateSize: I } = text;
  const attention = device === 'cpu' ? 0 : 3 * attentionNumbers(text, pass);
  return FLOAT32 * pass.tokens * (2 * D + Math.max(3 * I, 4 * D + attention));
}
