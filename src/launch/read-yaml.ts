import { type Alias, type Document, isAlias, LineCounter, parseDocument, visit } from 'yaml';
import { InvalidInputError } from '../schema/errors.ts';

/** What a YAML text says, and where. */
export interface YamlText {
  value: unknown;
  /** Line of the field at a path, or of what is nearest above it; undefined where nothing is. */
  lineOf(path: readonly PropertyKey[]): number | undefined;
}

/** Of the faults of one text: those after the first few follow from them. */
const SHOWN_FAULTS = 3;

/** Reads one YAML document. Throws `InvalidInputError`, with the place, on what is none or stands for no plain data. */
export function readYaml(text: string, path: string): YamlText {
  const lines = new LineCounter();
  const refuse = (fault: string, offset?: number) => {
    const place = offset === undefined ? path : `${path}:${lines.linePos(offset).line}`;
    return new InvalidInputError(`${place}: ${fault}`);
  };
  let document: Document.Parsed;
  let value: unknown;
  try {
    document = parseDocument(text, { lineCounter: lines });
    const second = document.errors.find(({ code }) => code === 'MULTIPLE_DOCS');
    if (second) throw refuse('a second YAML document begins here; keep one', second.pos[0]);
    if (document.errors.length > 0) {
      const faults = document.errors.slice(0, SHOWN_FAULTS).map(({ message }) => `${path}: ${message.trimEnd()}`);
      throw new InvalidInputError(faults.join('\n'));
    }
    value = toData(document, refuse);
  } catch (cause) {
    // The parser recurses.
    if (cause instanceof RangeError) throw refuse('it is nested too deeply; make it flatter');
    throw cause;
  }
  const lineOf = (fieldPath: readonly PropertyKey[]): number | undefined => {
    const node = document.getIn(fieldPath, true) as { range?: [number, number, number] } | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
    return fieldPath.length > 0 ? lineOf(fieldPath.slice(0, -1)) : undefined;
  };
  return { value, lineOf };
}

type Refuse = (fault: string, offset?: number) => InvalidInputError;

/** The data, aliases written out. */
function toData(document: Document.Parsed, refuse: Refuse): unknown {
  assertAliases(document, refuse);
  try {
    return document.toJS();
  } catch (cause) {
    if (!(cause instanceof ReferenceError)) throw cause;
    throw refuse('its aliases stand for too much; write out what they mean');
  }
}

/** Each alias must stand for something before it that it is no part of. */
function assertAliases(document: Document.Parsed, refuse: Refuse): void {
  visit(document, (_, node, above) => {
    if (!isAlias(node)) return;
    const { source, range } = node as Alias.Parsed;
    const meant = node.resolve(document);
    if (meant === undefined) {
      throw refuse(`the alias *${source} has no anchor &${source} before it; define it, or quote the value`, range[0]);
    }
    if (above.includes(meant)) {
      throw refuse(`the alias *${source} stands for what it is part of; write out what it means`, range[0]);
    }
  });
}
