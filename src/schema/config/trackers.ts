import { z } from 'zod';
import { ChoiceOptions } from './choice.ts';

/** Tools that a run's curves and samples are told to. They are no part of what it computes: with others it is the same run. */
export const TrackersConfig = z.array(
  z.preprocess(
    (choice) => (typeof choice === 'string' ? { name: choice } : choice),
    z.strictObject({
      name: z.string().min(1).describe('which tool (src/trackers)'),
      options: ChoiceOptions.describe("the tracker's own knobs"),
    }),
  ),
);
export type TrackersConfig = z.infer<typeof TrackersConfig>;

/** What a run is told to whose config does not say. */
export const DEFAULT_TRACKERS: TrackersConfig = TrackersConfig.parse(['tensorboard']);
