/** What a reader can learn of fields and types from a sample. Few shapes stand for many samples. */
export interface Shape {
  /** How many images it has. */
  images: number;
  /** Its fields, as `listFields` gives them. */
  fields: ReadonlySet<string>;
}

/** Which samples stand in which file. */
export interface Arrangement {
  /** Of each file its samples, by number. */
  files: Uint32Array[];
  /** Fields of some sample that the first samples of all lack. */
  unshown: Set<string>;
}

/** From so many samples at the beginning of the first tar, `datasets` takes fields and types. */
const SHOWN = 5;

/**
 * Puts samples, numbered in their order, into files whose first samples have, as far as five can, every field of the file;
 * those of the first file every field of all. The samples of a file have equally many images: the most, to begin with.
 *
 * @param shapeOf of each sample, its number among the shapes
 */
export function arrangeSamples(shapeOf: ArrayLike<number>, shapes: readonly Shape[], perFile: number): Arrangement {
  const all = new Set(shapes.flatMap(({ fields }) => [...fields]));
  const groups = groupByImages(shapeOf, shapes);
  const unshown = groups.length > 0 ? showFirst(groups[0], shapeOf, shapes, all) : new Set<string>();
  const files = groups.flatMap((group) => splitArray(group, perFile));
  for (const file of files.slice(1)) showFirst(file, shapeOf, shapes, all);
  return { files, unshown };
}

/** Samples by their number of images, the most first; else in their order. */
function groupByImages(shapeOf: ArrayLike<number>, shapes: readonly Shape[]): Uint32Array[] {
  const sizes = new Map<number, number>();
  for (let sample = 0; sample < shapeOf.length; sample++) {
    const { images } = shapes[shapeOf[sample]];
    sizes.set(images, (sizes.get(images) ?? 0) + 1);
  }
  const byImages = [...sizes].sort(([left], [right]) => right - left);
  const groups = new Map(byImages.map(([images, size]) => [images, new Uint32Array(size)]));
  const filled = new Map(byImages.map(([images]) => [images, 0]));
  for (let sample = 0; sample < shapeOf.length; sample++) {
    const { images } = shapes[shapeOf[sample]];
    const place = filled.get(images)!;
    groups.get(images)![place] = sample;
    filled.set(images, place + 1);
  }
  return [...groups.values()];
}

const splitArray = (array: Uint32Array, size: number) =>
  Array.from({ length: Math.ceil(array.length / size) }, (_, run) => array.subarray(run * size, (run + 1) * size));

/**
 * Moves to the front, one after the other, the first sample of the shape with the most fields not shown yet, five at most.
 * Gives the fields that are still not shown.
 */
function showFirst(
  samples: Uint32Array,
  shapeOf: ArrayLike<number>,
  shapes: readonly Shape[],
  wanted: ReadonlySet<string>,
): Set<string> {
  const places = new Map<number, number>();
  for (let place = 0; place < samples.length; place++) {
    const shape = shapeOf[samples[place]];
    if (!places.has(shape)) places.set(shape, place);
  }
  const missing = new Set(wanted);
  const chosen: number[] = [];
  const gainOf = (shape: number) => [...shapes[shape].fields].filter((field) => missing.has(field)).length;
  while (chosen.length < SHOWN && missing.size > 0) {
    const best = [...places.keys()].reduce((a, b) => (gainOf(b) > gainOf(a) ? b : a));
    if (gainOf(best) === 0) break;
    chosen.push(places.get(best)!);
    for (const field of shapes[best].fields) missing.delete(field);
  }
  moveToFront(samples, chosen);
  return missing;
}

/** Puts the samples at these places first, in this order; the others keep theirs. In place: there may be millions. */
function moveToFront(samples: Uint32Array, places: readonly number[]): void {
  const first = places.map((place) => samples[place]);
  let free = Math.max(...places);
  for (let place = free; place >= 0; place--) if (!places.includes(place)) samples[free--] = samples[place];
  samples.set(first);
}
