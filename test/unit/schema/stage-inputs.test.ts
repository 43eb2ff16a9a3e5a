import { z } from 'zod';
import { type Machine, readDefinition, type State } from '../../../src/local/definition.ts';
import * as inputs from '../../../src/schema/stage-inputs.ts';

type StringSchema = { type?: string; enum?: string[]; pattern?: string };

const { FailureInput, FailureRecord, ...passedOn } = inputs;
const schemas = Object.entries(passedOn).filter(([, schema]) => schema instanceof z.ZodObject);

/** What an interpreter of States.JsonToString may change: ours drops backslashes. */
const FREE_TEXT = ['a\\b', 'a"b', "a'b", 'a\nb', 'a b', 'é', '\u2028', '{}', '$.x', ''];

describe('what travels through the state machine', () => {
  it.each(schemas)('%s has no place for free text', (_, schema) => {
    const { properties } = z.toJSONSchema(schema as z.ZodObject) as { properties: Record<string, StringSchema> };
    for (const [field, { type, enum: names, pattern }] of Object.entries(properties)) {
      if (type !== 'string' || names) continue;
      expect({ field, pattern }).toEqual({ field, pattern: expect.any(String) });
      const taken = FREE_TEXT.filter((text) => new RegExp(pattern!).test(text));
      expect({ field, taken }).toEqual({ field, taken: [] });
    }
  });

  it('becomes text for jobs alone, never after an error was caught, whose cause is free text', () => {
    for (const machine of machinesOf(readDefinition())) {
      const states = machine.States;
      const caught = Object.values(states).flatMap(({ Catch = [] }) =>
        (Catch as { Next: string }[]).map(({ Next }) => Next),
      );
      for (const name of reachableFrom(caught, states)) {
        expect(JSON.stringify(states[name])).not.toContain('States.JsonToString');
      }
    }
  });
});

const machinesOf = (machine: Machine): Machine[] => [
  machine,
  ...Object.values(machine.States).flatMap(({ Branches = [], ItemProcessor }) =>
    [...Branches, ...(ItemProcessor ? [ItemProcessor] : [])].flatMap(machinesOf),
  ),
];

function reachableFrom(names: readonly string[], states: Record<string, State>): Set<string> {
  const found = new Set(names);
  for (const name of found) {
    const { Next, Catch = [] } = states[name] as State & { Next?: string; Catch?: { Next: string }[] };
    for (const next of [Next, ...Catch.map((each) => each.Next)]) if (next !== undefined) found.add(next);
  }
  return found;
}
