/** Fields that run configs once had, and where what they said is said now. */
export const MOVED_FIELDS: Readonly<Record<string, string>> = {
  'rl.clipRatioLow': 'rl.algorithm.options.clipRatioLow',
  'rl.clipRatioHigh': 'rl.algorithm.options.clipRatioHigh',
  'rl.klCoefficient': 'rl.algorithm.options.klCoefficient',
  'rl.advantageNormalization': 'rl.algorithm (`none` is the algorithm dr-grpo)',
  'expert.provider': 'expert.name',
  ...Object.fromEntries(
    ['rl.optimizer', 'sft.optimizer'].flatMap((optimizer) =>
      ['beta1', 'beta2', 'weightDecay'].map((knob) => [`${optimizer}.${knob}`, `${optimizer}.options.${knob}`]),
    ),
  ),
};
