/** A full response in the format the rewards expect; `answer` stands as it is between the answer tags. */
export function formatResponse(thought: string, answer: string): string {
  return `<think>${thought}</think> <answer>${answer}</answer>`;
}

/** The answer to a question of exact answer, as LaTeX marks it. */
export function boxed(answer: string): string {
  return `\\boxed{${answer}}`;
}
