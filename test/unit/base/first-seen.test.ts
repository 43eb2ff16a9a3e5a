import { createFirstSeen } from '../../../src/base/first-seen.ts';

describe('names seen', () => {
  it('tell where they were seen first', () => {
    const names = createFirstSeen();
    expect(names.see('a', 0)).toBeUndefined();
    expect(names.see('b', 7)).toBeUndefined();
    expect(names.see('a', 9)).toBe(0);
    expect(names.see('b', 9)).toBe(7);
    expect(names.see('b', 10)).toBe(7);
  });

  it('may be very many', () => {
    const names = createFirstSeen();
    const count = 100_000;
    for (let index = 0; index < count; index++) expect(names.see(`p${index}`, index)).toBeUndefined();
    for (let index = 0; index < count; index += 997) expect(names.see(`p${index}`, 0)).toBe(index);
  });

  it('may be any text', () => {
    const names = createFirstSeen();
    for (const name of ['', '__proto__', 'constructor', '日本', '\0']) {
      expect(names.see(name, 3)).toBeUndefined();
      expect(names.see(name, 4)).toBe(3);
    }
  });
});
