const RETRACTION =
  /(?:^|[.!?\n,]\s*|\b(?:but|and)\s+)(?:wait|oops|hold on|scratch that|correction|sorry|i meant?|my (?:mistake|bad)|make that|or rather|no(?=[,:])|no wait|actually|on (?:second thought|reflection)|let me (?:re-?check|re-?consider|re-?do|re-?think|re-?calculate)|i made an? (?:mistake|error)|(?:that|this|it)(?:'s| is| was) (?:wrong|incorrect|false|untrue|not (?:so|true|right|correct))|i disagree|i (?:was|am) wrong|but\b[^.\n]{1,60},\s*so\s+(?:(?:it|the answer) is\s+)?(?=-?\d))(?:\b|(?=-))/i;

/** What follows where an answer is taken back. */
export function findRetraction(rest: string): string | undefined {
  const found = RETRACTION.exec(rest);
  return found ? rest.slice(found.index).replace(/^[.!?\n,\s]+/, '') : undefined;
}
