import type { Command } from 'commander';

export function registerGrade(program: Command): void {
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
    .action(async (options) => (await import('../grading/grade-command.ts')).gradeCommand(options));
}
