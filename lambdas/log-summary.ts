/** Logs a stage's summary as one JSON line, which the dashboard reads; only on Lambda. */
export function logSummary(summary: object): void {
  if (process.env.AWS_LAMBDA_FUNCTION_NAME) console.log(JSON.stringify(summary));
}
