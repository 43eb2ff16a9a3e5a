import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../base/package-root.ts';
import { CHOICES } from '../schema/deployment-config.ts';
import { InvalidInputError } from '../schema/errors.ts';

/** Context of CDK by name: the choices of a deployment, and what CDK itself keeps beside them. */
export type Context = Record<string, unknown>;

/** One choice that is not what it was; `undefined` stands for its default. */
export interface ChangedChoice {
  name: string;
  from: unknown;
  to: unknown;
}

/** Where CDK looks for context, and keeps what it has looked up: beside cdk.json. */
export const contextPath = join(packageRoot, 'cdk.context.json');

/** The context in the file; none where there is no file. Throws `InvalidInputError` where it holds no JSON object. */
export function readContext(path: string): Context {
  if (!existsSync(path)) return {};
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Context;
  } catch (cause) {
    throw new InvalidInputError(`${path} is no JSON (${(cause as Error).message}); mend it, or delete it`, { cause });
  }
  throw new InvalidInputError(`${path} holds no JSON object; give {"name": value}, or delete it`);
}

/** Writes the context as CDK does. */
export function writeContext(path: string, context: Context): void {
  writeFileSync(path, `${JSON.stringify(context, null, 2)}\n`);
}

/**
 * Choices of a command line, `name=value` each, over those there were; an empty value goes back to the default. Names of
 * CDK's own, such as `@aws-cdk/core:bootstrapQualifier`, may be given too. Throws `InvalidInputError`.
 */
export function overlayChoices(kept: Context, given: readonly string[]): Context {
  const context = { ...kept };
  for (const text of given) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined)
      throw new InvalidInputError(`-c ${text} is no choice; give name=value, or name= to forget it`);
    if (!/[:/]/.test(name) && !CHOICES.includes(name as (typeof CHOICES)[number])) {
      throw new InvalidInputError(`-c ${name}: there is no such choice; give one of ${CHOICES.join(', ')}`);
    }
    if (value === '') delete context[name];
    else context[name] = value;
  }
  return context;
}

/** What differs between two contexts, in their order; a list and its text with commas are the same. */
export function changedChoices(before: Context, after: Context): ChangedChoice[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .map((name) => ({ name, from: before[name], to: after[name] }))
    .filter(({ from, to }) => choiceText(from) !== choiceText(to));
}

/** A value as the command line takes it. */
export const choiceText = (value: unknown): string =>
  [value ?? '']
    .flat()
    .map((item) => String(item).trim())
    .join(',')
    .replaceAll(/\s*,\s*/g, ',');
