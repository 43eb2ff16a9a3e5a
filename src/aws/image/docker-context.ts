import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { hashJson, sha256Of } from '../../base/hash.ts';
import { InvalidInputError } from '../../schema/errors.ts';

/** One line of `.dockerignore`: paths it leaves out or, after an exclamation mark, takes in again. */
interface Rule {
  path: string;
  isIn: boolean;
}

/** Paths, with `/`, of the files below a folder that Docker is given to build from, sorted; the last rule that matches decides. */
export function listDockerContext(folder: string): string[] {
  const rules = readRules(join(folder, '.dockerignore'));
  const isIn = (path: string) => rules.findLast((rule) => covers(rule, path))?.isIn ?? true;
  const mayHold = (path: string) => isIn(path) || rules.some((rule) => rule.isIn && rule.path.startsWith(`${path}/`));
  const walk = (path: string): string[] =>
    readdirSync(join(folder, path), { withFileTypes: true }).flatMap((entry) => {
      const inner = relative(folder, join(folder, path, entry.name)).replaceAll(sep, '/');
      if (entry.isDirectory()) return mayHold(inner) ? walk(inner) : [];
      return isIn(inner) ? [inner] : [];
    });
  return [...new Set([...walk('.'), '.dockerignore'])].sort();
}

/** Hash of what goes into an image, by the paths and contents of its context and the arguments of its build. */
export function hashDockerContext(folder: string, paths: readonly string[], buildArgs: readonly string[]): string {
  return hashJson([paths.map((path) => [path, sha256Of(readFileSync(join(folder, path)))]), buildArgs], 12);
}

const covers = ({ path }: Rule, candidate: string) =>
  path === '*' || candidate === path || candidate.startsWith(`${path}/`);

function readRules(file: string): Rule[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim());
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const path = line.replace(/^!/, '').replace(/\/$/, '');
      if (path !== '*' && /[*?[\\]/.test(path)) {
        throw new InvalidInputError(
          `${file}: ${line} is a pattern, and patterns are not understood here; name the path`,
        );
      }
      return { path, isIn: line.startsWith('!') };
    });
}
