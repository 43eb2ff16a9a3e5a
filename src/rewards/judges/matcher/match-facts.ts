import { type Clause, readAloud, readClause, separatorsFor, splitClauses } from './clause.ts';

/** The matcher's own version: a change may change verdicts. */
export const MATCHER_VERSION = '1';

/** A response is read from its end, up to so many characters: bounded work on any input. */
const MAX_CHARACTERS = 20_000;

/**
 * Says by rules which facts a response states; the same on every machine. A clause speaks of a fact when it holds all the
 * fact's words and no rival of theirs (another colour, shape, label or unit), as many numbers as the fact and the same
 * relation the same way round. It states the fact when its numbers are the fact's, and it is neither negated nor a question,
 * condition or alternative. Of several clauses about a fact the last one counts, so that listing every possible value gains
 * no more than guessing one.
 */
export function matchFacts(facts: readonly string[], response: string): boolean[] {
  const spoken = readAloud(response.slice(-MAX_CHARACTERS));
  const clausesBySeparators = new Map<string, Clause[]>();
  return facts.map((factText) => {
    const spokenFact = readAloud(factText).replace(/[.\s]+$/, '');
    const separators = separatorsFor(spokenFact);
    const key = JSON.stringify(separators);
    const clauses = clausesBySeparators.get(key) ?? splitClauses(spoken, separators).map(readClause);
    clausesBySeparators.set(key, clauses);
    const fact = readClause(spokenFact);
    if (fact.words.size + fact.numbers.length === 0) return false;
    const lastAbout = clauses.findLast((clause) => speaksOf(clause, fact));
    return lastAbout !== undefined && agrees(lastAbout, fact);
  });
}

function speaksOf(clause: Clause, fact: Clause): boolean {
  return (
    !clause.isHedged &&
    clause.numbers.length === fact.numbers.length &&
    isWithin(fact.words, clause.words) &&
    !bringsRivals(clause, fact) &&
    isSameRelation(clause, fact)
  );
}

function agrees(clause: Clause, fact: Clause): boolean {
  const hasSameNumbers = clause.numbers.every((number, index) => number === fact.numbers[index]);
  return hasSameNumbers && clause.isNegated === fact.isNegated;
}

/** True where the clause has members of an exclusive class that the fact uses too, and not the fact's alone. */
function bringsRivals(clause: Clause, fact: Clause): boolean {
  return [...fact.exclusive].some(([name, own]) => !isWithin(clause.exclusive.get(name) ?? new Set(), own));
}

function isSameRelation(clause: Clause, fact: Clause): boolean {
  if (clause.relation === undefined || fact.relation === undefined) return clause.relation === fact.relation;
  const { name, from, to } = fact.relation;
  const isSameWay = isWithin(from, clause.relation.from) && isWithin(to, clause.relation.to);
  return name === clause.relation.name && isSameWay;
}

const isWithin = (part: ReadonlySet<string>, whole: ReadonlySet<string>) => [...part].every((word) => whole.has(word));
