/** On Lambda, logs a stage's summary as one JSON line, which the dashboard reads; on a user's machine, nothing. */
export function logSummary(summary: object): void {
  if (process.env.AWS_LAMBDA_FUNCTION_NAME) console.log(JSON.stringify(summary));
}
