import { CorruptRecordError } from '../../../src/schema/errors.ts';
import { assertWholeGroup } from '../../../src/stages/assert-whole-group.ts';

describe('group integrity', () => {
  const members = (...indices: number[]) => indices.map((trajectoryIndex) => ({ promptId: 'p', trajectoryIndex }));
  const check = (trajectories: { promptId: string; trajectoryIndex: number }[]) => () =>
    assertWholeGroup('p', trajectories, 3, 'records.jsonl');

  it('takes whole groups in any order', () => expect(check(members(2, 0, 1))).not.toThrow());
  it.each([
    ['a missing member', members(0, 1)],
    ['a double member', members(0, 1, 1)],
    ['one too many', members(0, 1, 2, 3)],
    ['no members', []],
  ])('refuses %s', (_, trajectories) => expect(check(trajectories)).toThrow(CorruptRecordError));
});
