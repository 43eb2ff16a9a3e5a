/** What the pages of a report are given: written by Node, read by the browser, so that it is types alone. */

import type { RunCost } from '../../schema/budget.ts';
import type { Decision, TrajectoryDecision } from '../../schema/decision.ts';
import type { BenchmarkResult } from '../../schema/evaluation.ts';
import type { Consultation } from '../../schema/expert-answer.ts';
import type { RewardPart } from '../../schema/trajectory.ts';
import type { Table } from '../benchmark-tables.ts';

export type { Table };

/** Everything that a report's pages begin with. */
export interface ReportOverview {
  runs: RunOverview[];
}

/** How far a run is. */
export type RunState =
  | { kind: 'finished' }
  | { kind: 'stopped'; because: string }
  | { kind: 'failed'; because: string }
  | { kind: 'unfinished'; because: string };

/** A run but for its trajectories. */
export interface RunOverview {
  runId: string;
  state: RunState;
  /** What it was, label by label. */
  facts: [label: string, text: string][];
  benchmarks: BenchmarkOverview[];
  curves: CurveSection[];
  /** Absent before the diagnosis. */
  flow?: Flow;
  /** Absent where nothing was noted yet. */
  cost?: RunCost;
  /** Everything else that is told in tables. */
  tables: Table[];
  /** The config as it was stored, as JSON. */
  config: string;
  sources: SourceOverview[];
}

/** A benchmark, and its tables as every report tells them. */
export interface BenchmarkOverview {
  name: string;
  title: string;
  result: BenchmarkResult;
  tables: Table[];
}

/** Curves over one axis. */
export interface CurveSection {
  title: string;
  /** Of the horizontal axis: `iteration`, `optimizer step`. */
  axis: string;
  x: number[];
  curves: Curve[];
}

/** One small chart. */
export interface Curve {
  title: string;
  /** What it means and what to look for. */
  about: string;
  format: 'number' | 'percent';
  lines: { label: string; values: (number | null)[] }[];
}

/** Prompts on their way: nodes by id, and links between them. */
export interface Flow {
  nodes: FlowNode[];
  links: { from: string; to: string; prompts: number }[];
}

export interface FlowNode {
  id: string;
  label: string;
  kind: 'prompts' | 'mastered' | 'self-distill' | 'expert' | 'learned' | 'parked';
  /** What it means, in a sentence. */
  about: string;
}

/** Trajectories that the browser shows together: of a rollout, or the answers of all policies to a benchmark. */
export interface SourceOverview {
  /** Folder of its data below that of its run. */
  id: string;
  title: string;
  kind: 'diagnosis' | 'iteration' | 'evaluation' | 'recorded';
  /** Prompts and trajectories that are here, and that there were. */
  prompts: number;
  trajectories: number;
  allPrompts: number;
  parts: number;
}

/** A line of a source's index. */
export interface GroupLine {
  promptId: string;
  /** The beginning of the question. */
  question: string;
  tier?: string;
  route?: Decision['branch'];
  /** File of the first image. */
  image?: string;
  part: number;
  trajectories: TrajectoryLine[];
}

/** What the browser filters a trajectory by. */
export interface TrajectoryLine {
  /** `0`, `1`, ... of a rollout, a policy's name of an evaluation. */
  label: string;
  /** Absent before it is graded. */
  isCorrect?: boolean;
  reward?: number;
  /** SFT learns it. */
  isLearned?: true;
  /** The beginning of its text. */
  text: string;
}

/** A prompt with everything that was said to it and decided of it. */
export interface GroupDetail {
  promptId: string;
  question: string;
  options?: string[];
  groundTruth: string;
  annotations?: string[];
  tier?: string;
  images: ImageFile[];
  decision?: Pick<
    Decision,
    'branch' | 'because' | 'passRate' | 'interval' | 'rule' | 'groupSize' | 'correct' | 'policy' | 'rewards'
  >;
  /** The decision log's line, as it stands. */
  decisionLine?: string;
  trajectories: TrajectoryDetail[];
  expert?: ExpertDetail;
  examples: ExampleDetail[];
}

/** An image beside a prompt: its file in the report, or why it is not shown. */
export type ImageFile =
  | { kind: 'shown'; file: string; width: number; height: number }
  | { kind: 'left-out'; key: string; because: string };

export interface TrajectoryDetail {
  label: string;
  text: string;
  /** Absent before it is graded. */
  isCorrect?: boolean;
  /** What was read as the answer, of an evaluation. */
  answer?: string;
  /** Of an evaluation: the format reward held. */
  isFormatted?: boolean;
  tokenCount: number;
  finishReason?: 'stop' | 'length';
  seed?: number;
  policyVersion?: number;
  reward?: number;
  rewards?: Record<string, RewardPart>;
  /** The sampled tokens as text, and the log-probability of each. */
  tokens?: { pieces: string[]; logprobs: number[] };
  decision?: Pick<TrajectoryDecision, 'outcome' | 'because'>;
}

export interface ExpertDetail {
  provider: string;
  response: string;
  isVerified: boolean;
  evidence: string;
  reward?: number;
  rewards?: Record<string, RewardPart>;
  consultation?: Consultation;
}

/** An SFT example that came of a prompt, and where it is. */
export interface ExampleDetail {
  exampleId: string;
  source: 'self-distill' | 'expert';
  shard: string;
  order?: number;
}
