import type { DatasetSplits } from './split-dataset.ts';

/** What a new project trains: every weight, or a LoRA adapter. */
export type Trained = 'weights' | 'adapter';

export interface ProjectFacts {
  name: string;
  /** Checkpoint folder, as the config is to have it. */
  model: string;
  /** Whether it is of the size of rise-tiny, which learns by rates of its own and in seconds. */
  isTiny: boolean;
  trained: Trained;
  rows: DatasetSplits;
}

/** Settings that go by the size of the model; rates of adapters are ten times those of whole weights. */
function settingsOf({ isTiny, trained, rows }: ProjectFacts) {
  const scale = trained === 'adapter' ? 10 : 1;
  const settings = isTiny
    ? { iterations: 4, prompts: 48, tokens: 48, steps: 4, micro: 32, rl: 6e-5, epochs: 24, sft: 1e-3, temperature: 1 }
    : { iterations: 50, prompts: 64, tokens: 1024, steps: 4, micro: 2, rl: 1e-6, epochs: 3, sft: 1e-5, temperature: 0 };
  const sft = isTiny && trained === 'adapter' ? 5e-3 : settings.sft * scale;
  return { ...settings, prompts: Math.min(settings.prompts, rows.train), rl: settings.rl * scale, sft };
}

/** The run config of a new project: what is likely to be changed, each with its meaning. */
export function writeProjectConfig(facts: ProjectFacts): string {
  const { name, model, isTiny, trained, rows } = facts;
  const set = settingsOf(facts);
  const adapter = isTiny ? '{ rank: 8, alpha: 16 }' : '{ rank: 32, alpha: 64 }';
  return `# Every field with its meaning: examples/qwen2.5-vl-7b.yaml. What the run would take: rise plan run.yaml
name: ${name}
seed: 1

policy:
  model: ${JSON.stringify(model)}${trained === 'adapter' ? `\n  adapter: ${adapter}        # LoRA; without it every weight is trained` : ''}${isTiny ? '' : PROMPT}

data:                                   # JSONL beside its images; rise data check tells what is wrong with it
  train: { kind: dataset, path: data/train.jsonl }              # ${rows.train} rows
  evaluation: { kind: dataset, path: data/evaluation.jsonl }    # ${rows.evaluation} rows, never trained on

sampling: { temperature: 1, maxNewTokens: ${set.tokens} }    # tokens of the longest answer

rl:
  iterations: ${set.iterations}                        # rollout, then training: so many times
  promptsPerIteration: ${set.prompts}
  groupSize: 8                          # answers a prompt: what GRPO compares
  stepsPerIteration: ${set.steps}
  microBatchSequences: ${set.micro}              # sequences at once: less of it takes less memory
  optimizer: { learningRate: ${number(set.rl)} }

rewards: { accuracy: 0.9, format: 0.1 } # a reward of your own: docs/rewards.md

diagnosis: { trajectoriesPerPrompt: 8 } # always right: dropped; at times: its own answers teach it; never: the expert

expert: { name: worked-solution }       # the data's own solutions; others: docs/experts.md

sft:
  epochs: ${set.epochs}
  sequencesPerStep: ${isTiny ? 32 : 16}
  microBatchSequences: ${set.micro}
  optimizer: { learningRate: ${number(set.sft)}, schedule: cosine, warmupFraction: 0.1 }

evaluation:
  sampling: { temperature: ${set.temperature}, maxNewTokens: ${set.tokens} }
${isTiny ? '\ncompute: { decodeBatchSequences: 512 }  # sequences decoded together\n' : ''}`;
}

const PROMPT = `
  systemPrompt: >-
    Think step by step inside <think> and </think>, then give the final answer inside <answer> and </answer>,
    as \\boxed{...}.`;

/** As YAML reads a number: `6.0e-5`. */
function number(value: number): string {
  const [digits, exponent] = Number(value.toPrecision(6)).toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}e${exponent}`;
}
