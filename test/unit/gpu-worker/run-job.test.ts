import { runJob } from '../../../containers/gpu-worker/run-job.ts';
import { EXIT_CODES } from '../../../src/schema/job-attempts.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();

describe("a job's input", () => {
  it.each<[string, string[], Record<string, string>, string]>([
    ['nowhere', ['rollout'], {}, 'the job has no input; set RISE_INPUT, or give it after its name'],
    ['in the environment', ['rollout'], { RISE_INPUT: '{' }, 'RISE_INPUT is no JSON'],
    ['after its name', ['rollout', '{"runId":"run-1"}'], {}, 'configKey'],
  ])('is looked for %s', async (_, command, environment, message) => {
    const errors = jest.spyOn(console, 'error').mockImplementation();
    const variables = { RISE_STORE: folder, ...environment };
    expect(await runJob(command, variables, new AbortController().signal)).toBe(EXIT_CODES.invalidInput);
    expect(errors.mock.calls.flat().join()).toContain(message);
  });
});
