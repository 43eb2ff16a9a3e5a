/**
 * The names that a record's fields have in published data sets, ours first. Where a record has several of them the first one
 * is read.
 */
export const FIELD_NAMES = {
  promptId: ['promptId', 'id', 'ID', 'pid', 'qid', 'question_id', 'sample_index', 'problem_id', 'index'],
  question: ['question', 'problem', 'query', 'prompt'],
  images: [
    ...['images', 'image', 'image_path', 'image_paths', 'img', 'img_path', 'img_paths', 'image_file', 'image_files'],
    ...['imagename', 'image_name', 'file_name'],
  ],
  options: ['options', 'choices'],
  groundTruth: ['groundTruth', 'answer', 'ground_truth', 'gold', 'final_answer'],
  annotations: ['annotations'],
  solution: ['solution'],
  tier: ['tier', 'subject', 'level'],
  details: ['details'],
} as const;

/** Fields of conversations, which are no records of a question. */
const CONVERSATIONS = ['messages', 'conversations', 'conversation'];
/** Media that no model here takes. */
const OTHER_MEDIA = ['video', 'videos', 'audio', 'audios'];
const IMAGE_PATH = /^data:image\/|\.(?:png|jpe?g|webp|gif|bmp|tiff?|avif)$/i;
const ADDRESS = /^https?:\/\//i;
const PICTURE_NAME = /image|img|pic|photo|figure/i;

/** What a field holds when it holds nothing: such a field is as good as absent. */
export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** The field of a line that is a conversation, where there is one. */
export function findConversation(row: Readonly<Record<string, unknown>>): string | undefined {
  const isConversation = (name: string) =>
    CONVERSATIONS.includes(name) || (name === 'prompt' && Array.isArray(row[name]));
  return Object.keys(row).find((name) => isConversation(name) && !isEmpty(row[name]));
}

/** One line of a file as its fields: those that are read by our names, and what else there is. */
export interface GatheredFields {
  fields: Partial<Record<keyof typeof FIELD_NAMES, unknown>>;
  /** Names of fields that hold something and are not read. */
  unread: string[];
  /** What may not be left unread. */
  faults: string[];
}

/** Finds the fields of a record under whichever names they have. */
export function gatherFields(row: Readonly<Record<string, unknown>>): GatheredFields {
  const has = (name: string) => Object.hasOwn(row, name) && !isEmpty(row[name]);
  const fields: GatheredFields['fields'] = {};
  const read = new Set<string>();
  const faults: string[] = [];
  for (const [field, names] of Object.entries(FIELD_NAMES) as [keyof typeof FIELD_NAMES, readonly string[]][]) {
    const present = names.filter(has);
    if (present.length === 0) continue;
    const [first, ...others] = present;
    fields[field] = row[first];
    const equal = others.filter((other) => isSame(row[other], row[first]));
    for (const name of [first, ...equal]) read.add(name);
    const different = others.find((other) => !equal.includes(other));
    if (different !== undefined && MUST_AGREE.includes(field)) {
      faults.push(`${first} and ${different} differ; keep the one that is meant`);
    }
  }
  gatherNumberedImages(row, fields, read);
  gatherLetteredOptions(row, fields, read);
  const unread = Object.keys(row).filter((name) => has(name) && !read.has(name));
  return {
    fields,
    unread,
    faults: [...faults, ...unread.flatMap((name) => findDroppedMedia(name, row[name], fields))],
  };
}

/** Of these no other may be left unread: something of the question would be lost. */
const MUST_AGREE: readonly string[] = ['images', 'options', 'groundTruth'];

const isSame = (left: unknown, right: unknown) => JSON.stringify([left].flat()) === JSON.stringify([right].flat());

/** The fields of a record that name its images. */
export function imageFieldsOf(row: Readonly<Record<string, unknown>>): string[] {
  const named = FIELD_NAMES.images.filter((name) => !isEmpty(row[name]));
  return named.length > 0 ? named : numberedImagesOf(row);
}

/** `image_1`, `image_2` ..., as MMMU has them, in order. */
function numberedImagesOf(row: Readonly<Record<string, unknown>>): string[] {
  const numberOf = (name: string) => Number(/\d+/.exec(name)![0]);
  const names = Object.keys(row).filter((name) => /^image_?[1-9]\d?$/.test(name) && !isEmpty(row[name]));
  return names.sort((left, right) => numberOf(left) - numberOf(right));
}

function gatherNumberedImages(row: Record<string, unknown>, fields: GatheredFields['fields'], read: Set<string>): void {
  const names = numberedImagesOf(row);
  if (names.length === 0 || fields.images !== undefined) return;
  fields.images = names.map((name) => row[name]);
  for (const name of names) read.add(name);
}

/** `A`, `B` ..., as VLMEvalKit's tables have them. */
function gatherLetteredOptions(
  row: Record<string, unknown>,
  fields: GatheredFields['fields'],
  read: Set<string>,
): void {
  if (fields.options !== undefined) return;
  const letters: string[] = [];
  while (letters.length < 26 && !isEmpty(row[String.fromCharCode(65 + letters.length)])) {
    letters.push(String.fromCharCode(65 + letters.length));
  }
  if (letters.length < 2) return;
  fields.options = letters.map((letter) => row[letter]);
  for (const letter of letters) read.add(letter);
}

function findDroppedMedia(name: string, value: unknown, { images }: GatheredFields['fields']): string[] {
  if (OTHER_MEDIA.includes(name)) return [`${name} is not read: a question has images or none; leave the record out`];
  const isPath = (text: string) => IMAGE_PATH.test(text) || (PICTURE_NAME.test(name) && ADDRESS.test(text));
  const paths = [value].flat().filter((one): one is string => typeof one === 'string' && isPath(one));
  const isPicture = paths.length > 0 || isPictureObject(value);
  if (!isPicture) return [];
  const known = isEmpty(images) ? [] : [images].flat();
  if (known.length > 0 && (paths.length === 0 || paths.every((path) => known.includes(path) || ADDRESS.test(path)))) {
    return [];
  }
  return [`${name} names a picture and is not read; name image files in images, or take the field out`];
}

function isPictureObject(value: unknown): boolean {
  return [value]
    .flat()
    .some((one) => typeof one === 'object' && one !== null && ('bytes' in one || 'image_url' in one));
}
