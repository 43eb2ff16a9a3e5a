import type { Command } from 'commander';
import { InvalidInputError } from '../../schema/errors.ts';
import { print } from '../print.ts';

interface GradeCommandOptions {
  gold?: string;
  answer?: string;
  options?: string[];
  jsonl?: string;
  decimalComma?: boolean;
}

export function register(program: Command): void {
  program
    .command('grade')
    .description('grade final answers against the right ones by rules, one from the command line or a file of them')
    .option('--gold <answer>', 'the right answer')
    .option('--answer <response>', 'a bare answer, or a whole response to find it in')
    .option('--options <option...>', 'choices of a multiple-choice question, A first')
    .option('--decimal-comma', 'read 3,14 as 3.14 and 1.234 as 1234; lists then need a space or a semicolon')
    .option(
      '--jsonl <file>',
      'JSONL of {id, gold, answer, options?, question?}, - for standard input; prints {id, verdict, extracted, reason} in that order',
    )
    .action(grade);
}

async function grade({ gold, answer, options, jsonl, decimalComma }: GradeCommandOptions): Promise<void> {
  if (jsonl !== undefined && gold === undefined && answer === undefined && options === undefined) {
    const { gradeLines } = await import('../grading/grade-lines.ts');
    await gradeLines(jsonl, { decimalComma });
    return;
  }
  if (gold === undefined || answer === undefined || jsonl !== undefined) {
    throw new InvalidInputError('rise grade takes --gold and --answer, or --jsonl FILE; give one of the two');
  }
  const { gradePair } = await import('../grading/grade-pair.ts');
  print(JSON.stringify(gradePair({ gold, answer, options }, '--gold', { decimalComma })));
}
