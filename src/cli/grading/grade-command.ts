import { findGoldFault, gradeAnswer } from '../../rewards/index.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { gradeLines } from './grade-lines.ts';

interface GradeOptions {
  gold?: string;
  answer?: string;
  options?: string[];
  jsonl?: string;
}

/** Prints one verdict, or streams those of a file. Throws InvalidInputError where the gold cannot be graded against. */
export async function gradeCommand({ gold, answer, options, jsonl }: GradeOptions): Promise<void> {
  const isPair = gold !== undefined && answer !== undefined;
  if (jsonl !== undefined && gold === undefined && answer === undefined && options === undefined) {
    await gradeLines(jsonl);
    return;
  }
  if (!isPair || jsonl !== undefined) {
    throw new InvalidInputError('rise grade takes --gold and --answer, or --jsonl FILE; give one of the two');
  }
  const prompt = { groundTruth: gold, options };
  const fault = findGoldFault(prompt);
  if (fault !== undefined) throw new InvalidInputError(`--gold: ${fault}`);
  const { verdict, extracted, reason } = gradeAnswer(prompt, answer);
  console.log(JSON.stringify({ verdict, extracted: extracted ?? null, reason }));
}
