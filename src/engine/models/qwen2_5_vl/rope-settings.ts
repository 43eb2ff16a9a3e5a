import { z } from 'zod';
import { UnsupportedModelError } from '../../../schema/errors.ts';

const DEFAULT_THETA = 1_000_000;

const RopeSettings = z.object({
  mrope_section: z.array(z.int().positive()).length(3),
  rope_theta: z.number().positive().nullish(),
  /** As `transformers` names it since 4.45; `type` is the older spelling, and comes second. */
  rope_type: z.string().nullish(),
  type: z.string().nullish(),
  partial_rotary_factor: z.literal(1).nullish(),
});

/** What of a config turns queries and keys with their positions. */
export interface RopeConfig {
  ropeTheta: number;
  /** How many of the rotary frequencies turn with time, height and width. */
  mropeSection: [number, number, number];
}

/**
 * Reads `rope_scaling`, else `rope_parameters`, in the order of `transformers`.
 *
 * @param text the config of the decoder, and `place` where it stands
 * @throws UnsupportedModelError for frequencies scaled in any way (YaRN, linear, dynamic, ...), by name
 */
export function parseRopeSettings(text: Record<string, unknown>, headSize: number, place: string): RopeConfig {
  const key = isEmpty(text.rope_scaling) ? 'rope_parameters' : 'rope_scaling';
  if (isEmpty(text[key])) {
    throw new UnsupportedModelError(`${place} has no rope_scaling.mrope_section; not a Qwen2.5-VL checkpoint?`);
  }
  const parsed = RopeSettings.safeParse(text[key]);
  if (!parsed.success) throw new UnsupportedModelError(`${place}: ${key}:\n${z.prettifyError(parsed.error)}`);
  const { rope_type: type = parsed.data.type, mrope_section: section, rope_theta: theta } = parsed.data;
  if (type && type !== 'default' && type !== 'mrope') {
    throw new UnsupportedModelError(
      `${place}: ${key}: rotary frequencies of type ${JSON.stringify(type)} are not supported, only "default" and "mrope"; ` +
        'give the checkpoint without scaling',
    );
  }
  if (section[0] + section[1] + section[2] !== headSize / 2) {
    throw new UnsupportedModelError(
      `${place}: mrope_section ${section} does not add up to half of head size ${headSize}`,
    );
  }
  const ropeTheta = theta ?? parsePositive(text.rope_theta, `${place}: rope_theta`) ?? DEFAULT_THETA;
  return { ropeTheta, mropeSection: section as RopeConfig['mropeSection'] };
}

const isEmpty = (value: unknown) =>
  value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);

function parsePositive(value: unknown, place: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && value > 0) return value;
  throw new UnsupportedModelError(`${place} is ${JSON.stringify(value)}; give a number above 0`);
}
