import { parse } from 'yaml';
import { z } from 'zod';
import { RunConfig } from '../schema/config/run-config.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { findUnscored } from './find-unscored.ts';

/** A setting of a run config by its path: `diagnosis.selfDistillMin=0.2`. */
export interface Setting {
  path: string;
  value: unknown;
}

/** Reads a setting: its value is YAML, as in a run config. Throws `InvalidInputError`. */
export function parseSetting(text: string): Setting {
  const [, path, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (path === undefined)
    throw new InvalidInputError(`--set ${text} is no PATH=VALUE, such as diagnosis.masteredMin=0.9`);
  try {
    return { path, value: parse(value) };
  } catch (cause) {
    throw new InvalidInputError(`--set ${text}: its value is no YAML, such as 0.9 or '{ words: 3, similarity: 0.8 }'`, {
      cause,
    });
  }
}

/**
 * A run's config with other settings, which decide differently on what was sampled. Throws `InvalidInputError` on a setting
 * that would take sampling, training or grading, and on one that the config cannot have.
 */
export function changeConfig(config: RunConfig, settings: readonly Setting[]): RunConfig {
  const changed: unknown = structuredClone(config);
  for (const { path, value } of settings) {
    const obstacle = findObstacle(config, path, value);
    if (obstacle) throw new InvalidInputError(`--set ${path} ${obstacle}`);
    setField(changed as Fields, path.split('.'), value);
  }
  const parsed = RunConfig.safeParse(changed);
  const places = settings.map(({ path }) => `--set ${path}`).join(', ');
  if (!parsed.success) throw new InvalidInputError(`${places}: ${z.prettifyError(parsed.error)}`);
  const [unscored] = findUnscored(parsed.data.diagnosis, parsed.data.rewards);
  if (unscored)
    throw new InvalidInputError(`--set diagnosis.selfDistill.minRewards.${unscored.name}: ${unscored.message}`);
  return parsed.data;
}

/** Why a setting cannot be tried on what a run has stored. */
function findObstacle({ diagnosis }: RunConfig, path: string, value: unknown): string | undefined {
  const [section] = path.split('.');
  if (path === 'diagnosis.trajectoriesPerPrompt') {
    const { trajectoriesPerPrompt: known } = diagnosis;
    if (typeof value !== 'number' || value <= known) return undefined;
    return `asks for ${value} trajectories per prompt where the run has ${known}: that takes sampling; start a run with it`;
  }
  if (path === 'diagnosis.prompts') return 'asks other prompts: that takes sampling; start a run with it';
  if (section === 'diagnosis' || path === 'expert.maxConsultations') return undefined;
  if (section === 'rewards') return 'scores anew: rise rescore does that';
  if (section === 'expert') return 'asks another expert: start a run with it';
  if (section === 'sft' || section === 'evaluation' || section === 'compute') {
    return 'decides nothing of what SFT learns from a prompt; a decision rests on diagnosis and expert.maxConsultations';
  }
  return 'changes what is sampled: that takes a run; a decision rests on diagnosis and expert.maxConsultations';
}

type Fields = Record<string, unknown>;

function setField(fields: Fields, [key, ...rest]: string[], value: unknown): void {
  if (rest.length === 0) fields[key] = value;
  else {
    const inner = Object.hasOwn(fields, key) ? fields[key] : undefined;
    const next: Fields = typeof inner === 'object' && inner !== null ? (inner as Fields) : {};
    fields[key] = next;
    setField(next, rest, value);
  }
}
