import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';

const WIDTH = 120;
const pages = globSync(['*.md', 'docs/**/*.md', 'models/*/*.md', 'findings/*.md'], { cwd: packageRoot });

/** Lines of prose: tables, code and lines of a single long word (an address) cannot be folded. */
function proseOf(page: string): { place: string; line: string }[] {
  let isCode = false;
  return readFileSync(join(packageRoot, page), 'utf8')
    .split('\n')
    .map((line, at) => ({ place: `${page}:${at + 1}`, line }))
    .filter(({ line }) => {
      if (line.startsWith('```')) isCode = !isCode;
      return !isCode && !line.startsWith('|') && line.trim().includes(' ');
    });
}

it.each(pages)(`%s keeps to ${WIDTH} columns`, (page) => {
  expect(
    proseOf(page)
      .filter(({ line }) => line.length > WIDTH)
      .map(({ place }) => place),
  ).toEqual([]);
});

/** Pages that tell of the past name what is gone. */
const HISTORY = ['CHANGELOG.md', 'docs/LOG.md'];
const ROOM = '(?:bench|bin|cdk|containers|docs|examples|findings|lambdas|models|native|scripts|setup|src|test)';
const PATH = new RegExp(`\`(${ROOM}/[\\w./-]*)\``, 'g');
/** `x` and `NAME` stand for a name, as dots do. */
const isPattern = (path: string) => /\/x(\/|\.|$)|NAME|\.\.\./.test(path);

it.each(pages.filter((page) => !HISTORY.includes(page)))('%s names files that are there', (page) => {
  const paths = [...readFileSync(join(packageRoot, page), 'utf8').matchAll(PATH)].map(([, path]) => path);
  expect(paths.filter((path) => !isPattern(path) && !existsSync(join(packageRoot, path)))).toEqual([]);
});
