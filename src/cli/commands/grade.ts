import type { Command } from 'commander';
import { InvalidInputError } from '../../schema/errors.ts';

interface GradeOptions {
  gold?: string;
  answer?: string;
  options?: string[];
  jsonl?: string;
}

export function register(program: Command): void {
  program
    .command('grade')
    .description('grade final answers against the right ones by rules, one from the command line or a file of them')
    .option('--gold <answer>', 'the right answer')
    .option('--answer <response>', 'a bare answer, or a whole response to find it in')
    .option('--options <option...>', 'choices of a multiple-choice question, A first')
    .option(
      '--jsonl <file>',
      'JSONL of {id, gold, answer, options?}, - for standard input; prints {id, verdict, extracted, reason} in that order',
    )
    .action(grade);
}

async function grade({ gold, answer, options, jsonl }: GradeOptions): Promise<void> {
  if (jsonl !== undefined && gold === undefined && answer === undefined && options === undefined) {
    const { gradeLines } = await import('../grading/grade-lines.ts');
    await gradeLines(jsonl);
    return;
  }
  if (gold === undefined || answer === undefined || jsonl !== undefined) {
    throw new InvalidInputError('rise grade takes --gold and --answer, or --jsonl FILE; give one of the two');
  }
  const { gradePair } = await import('../grading/grade-pair.ts');
  console.log(JSON.stringify(gradePair({ gold, answer, options }, '--gold')));
}
