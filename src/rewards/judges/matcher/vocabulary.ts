/** The words the matcher of facts knows beyond their letters. All in lower case, singular. */

/** Words of one class exclude each other: what is said of something red is not said of something blue. */
export const EXCLUSIVE_CLASSES: Record<string, ReadonlySet<string>> = {
  colour: new Set(
    'red blue green yellow purple orange black white gray brown pink cyan magenta teal gold silver'.split(' '),
  ),
  shape: new Set(
    'circle square triangle rectangle ellipse diamond star pentagon hexagon octagon trapezoid parallelogram rhombus'.split(
      ' ',
    ),
  ),
  unit: new Set('mm cm m km inch foot mile degree radian percent minute hour gram kg litre dollar euro'.split(' ')),
};

/** Carry no fact of their own, or name only the kind of thing that is measured. */
export const FILLERS: ReadonlySet<string> = new Set(
  (
    'a an the i is are was were be been am of to at in on by with for as it its this that these those there here which ' +
    'and has have had having shows show shown see seen value height length width size measure measurement bar line ' +
    'segment side column figure diagram image picture chart graph given equal equals same total exactly than called labeled ' +
    'labelled number we can so then thus hence therefore first second third too also respectively'
  ).split(' '),
);

export const NEGATIONS: ReadonlySet<string> = new Set('not never neither nor cannot false incorrect wrong'.split(' '));

/** A clause with one of them asserts nothing. */
export const HEDGES: ReadonlySet<string> = new Set(
  'or either maybe perhaps might may could if suppose assume whether unclear unsure guess possibly probably'.split(' '),
);

/** Hold in both directions, so that `and` may join their two sides. */
export const SYMMETRIC_RELATIONS: ReadonlySet<string> = new Set(
  'parallel perpendicular congruent similar tangent adjacent equal'.split(' '),
);

/** Relations of two sides; the second of a pair is the first with its sides exchanged. */
export const DIRECTED_RELATIONS: ReadonlyMap<string, { name: string; isSwapped: boolean }> = new Map([
  ['greater', { name: 'greater', isSwapped: false }],
  ['less', { name: 'greater', isSwapped: true }],
  ['above', { name: 'above', isSwapped: false }],
  ['below', { name: 'above', isSwapped: true }],
  ['rightof', { name: 'rightof', isSwapped: false }],
  ['leftof', { name: 'rightof', isSwapped: true }],
]);

const SYNONYMS: Record<string, string> = {
  greater: 'larger bigger taller higher longer more exceed',
  less: 'smaller shorter lower fewer',
  above: 'atop',
  below: 'beneath under underneath',
  circle: 'disc disk round circular',
  square: 'squared',
  triangle: 'triangular',
  rectangle: 'rectangular oblong',
  trapezoid: 'trapezium',
  diamond: 'lozenge',
  gray: 'grey',
  purple: 'violet',
  perpendicular: 'orthogonal perp',
  congruent: 'cong',
  similar: 'sim',
  tangent: 'touch touching',
  bisect: 'bisector bisecting halve',
  midpoint: 'midway halfway',
  lie: 'lying located situated placed',
  contain: 'include containing including',
  intersect: 'cross meet intersection crossing meeting',
  diameter: 'diam',
  mm: 'millimeter millimetre',
  cm: 'centimeter centimetre',
  m: 'meter metre',
  km: 'kilometer kilometre',
  foot: 'feet ft',
  degree: 'deg',
  percent: 'pct',
  kg: 'kilogram',
  litre: 'liter',
};

/** What stands for a word. */
export const CANONICAL_WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries(SYNONYMS).flatMap(([word, others]) => others.split(' ').map((other) => [other, word] as const)),
);

const NUMBER_WORDS =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty';

export const NUMBERS_BY_WORD: ReadonlyMap<string, string> = new Map([
  ...NUMBER_WORDS.split(' ').map((word, value) => [word, String(value)] as const),
  ['no', '0'],
  ['none', '0'],
]);

/** LaTeX commands and signs, and the words they are read as. */
export const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/<\/?(?:think|answer)>/g, ' . '],
  [/\\d?frac\s*\{(\d+)\}\s*\{(\d+)\}/g, ' $1/$2 '],
  [/\\(?:parallel|Vert)\b|\|\||[∥‖]/g, ' parallel '],
  [/\\perp\b|⊥/g, ' perpendicular '],
  [/\\cong\b|≅/g, ' congruent '],
  [/\\sim\b|[∼~]/g, ' similar '],
  [/\\(?:measured)?angle\b|∠/g, ' angle '],
  [/\\triangle\b|[△▲]/g, ' triangle '],
  [/(?:\^ ?)?\{?\\circ\}?|\\degree\b|°/g, ' degree '],
  [/\\times\b|\\cdot\b|[×·]/g, ' * '],
  [/\\(?:neq|ne)\b|≠|!=/g, ' not '],
  [/\\(?:gt)\b|>/g, ' greater '],
  [/\\(?:lt)\b|</g, ' less '],
  [/\\?%/g, ' percent '],
  [/−/g, '-'],
  [/\bto the (left|right) of\b|\b(left|right) of\b/gi, ' $1$2of '],
  [/\b(ca|do|does|did|is|are|was|were|has|have)n['’]t\b/gi, ' not '],
  [/\bat (?:a )?right angles? (?:to|with)\b/gi, ' perpendicular '],
  [/\\[a-zA-Z]+|[\\${}[\]()"“”]/g, ' '],
];
