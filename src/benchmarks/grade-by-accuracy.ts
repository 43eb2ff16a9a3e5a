import { BUILT_IN_VERSIONS, gradeAnswer } from '../rewards/index.ts';
import type { BenchmarkContext, Examination } from './benchmark.ts';

/** Grading by the accuracy reward: for benchmarks whose answers it reads. */
export const gradeByAccuracy = ({ gradeOptions }: BenchmarkContext): Pick<Examination, 'rewards' | 'grade'> => ({
  rewards: { accuracy: BUILT_IN_VERSIONS.accuracy },
  grade: (prompt, text) => {
    const { verdict, extracted } = gradeAnswer(prompt, text, gradeOptions);
    return { isCorrect: verdict === 'correct', answer: extracted };
  },
});
