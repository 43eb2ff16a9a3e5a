import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { startRise } from '../support/rise-command.ts';
import { riseRun } from '../support/rise-run.ts';
import { aSmallRunConfig } from '../support/small-run.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';

const CHROMIUM = '/usr/bin/chromium';
const describeInBrowser = existsSync(CHROMIUM) ? describe : describe.skip;
if (!existsSync(CHROMIUM)) console.warn(`skipped: no browser at ${CHROMIUM}; apt-get install chromium`);

describeInBrowser('the report of a run, from disk in a browser', () => {
  const folder = aTemporaryFolder();
  const complaints: string[] = [];
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const store = join(folder, 'store');
    expect(await riseRun(aSmallRunConfig(folder), store)).toMatchObject({ code: 0 });
    const [runId] = readdirSync(join(store, 'runs'));
    const out = join(folder, 'report');
    expect(await startRise(['report', runId, '--store', store, '--out', out]).ended).toMatchObject({ code: 0 });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    const context = await browser.newContext({ bypassCSP: true });
    page = await context.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', ({ message }) => complaints.push(message));
    await page.goto(pathToFileURL(join(out, 'index.html')).href);
  });

  afterAll(async () => {
    await browser?.close();
    expect(complaints).toEqual([]);
  });

  /** Faults that axe finds serious or worse on the page as it is. */
  async function seriousFaults(): Promise<string[]> {
    await page.addScriptTag({ path: require.resolve('axe-core/axe.min.js') });
    const violations: { id: string; impact: string; nodes: { html: string }[] }[] = await page.evaluate(
      'axe.run({ preload: false }).then(({ violations }) => violations)',
    );
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
  }

  it('begins with the three policies and where prompts go', async () => {
    await page.getByRole('heading', { name: 'Who learns from what' }).waitFor();
    for (const policy of ['base', 'RL', 'RISE'])
      expect(await page.getByText(policy, { exact: true }).count()).toBeGreaterThan(0);
    expect(await seriousFaults()).toEqual([]);
  });

  it('lists what was sampled, with its image, its verdicts and why', async () => {
    await page.getByRole('link', { name: 'Trajectories' }).click();
    const rows = page.getByRole('option', { selected: undefined }).filter({ has: page.locator('.row') });
    await rows.nth(1).click();
    await page.locator('.browser-detail .response-card').first().waitFor();
    expect(await rows.nth(1).getAttribute('aria-selected')).toBe('true');
    const image = page.locator('.image-button img');
    expect(
      await image.evaluate((element) => (element as unknown as { naturalWidth: number }).naturalWidth),
    ).toBeGreaterThan(0);
    expect(await page.locator('.rewards').first().textContent()).toContain('accuracy');
    expect(await seriousFaults()).toEqual([]);
  });

  it('goes through the list by keys, and shows log-probabilities', async () => {
    const list = page.getByRole('listbox');
    await list.focus();
    await list.press('Home');
    await list.press('ArrowDown');
    await list.press('ArrowDown');
    expect(await page.locator('#row-2').getAttribute('aria-selected')).toBe('true');
    await page.getByRole('button', { name: 'Log-probabilities' }).click();
    await page.locator('.response .token').first().waitFor();
  });

  it('finds a text, and says where there is none', async () => {
    const count = page.locator('.browser-count');
    const all = await count.textContent();
    await page.getByRole('searchbox', { name: 'Find' }).fill('no response has this text');
    await page.getByText('Nothing matches. Take a filter away.').waitFor();
    expect(await count.textContent()).toMatch(/^0 of /);
    await page.getByRole('searchbox', { name: 'Find' }).fill('');
    await page.locator('#row-0').waitFor();
    expect(await count.textContent()).toBe(all);
  });
});
