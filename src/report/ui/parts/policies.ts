/** The policies of a run: their names as reports write them, and their colours. */
export const POLICIES: Readonly<Record<string, { label: string; colour: string }>> = {
  base: { label: 'base', colour: 'base' },
  rl: { label: 'RL', colour: 'rl' },
  rise: { label: 'RISE', colour: 'rise' },
};

export const policyOf = (name: string) => POLICIES[name] ?? { label: name, colour: 'accent' };
