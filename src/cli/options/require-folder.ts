import { stat } from 'node:fs/promises';
import { InvalidInputError } from '../../schema/errors.ts';

/** Throws `InvalidInputError` where the folder of an option is none. */
export async function requireFolder(option: string, path: string, remedy: string): Promise<void> {
  if (!(await isFolder(path))) throw new InvalidInputError(`${option} ${path} is not a folder; ${remedy}`);
}

export const isFolder = async (path: string) => (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

export const requireModel = (path: string) =>
  requireFolder('--model', path, 'give a checkpoint folder in Hugging Face layout');

export const requireAdapter = (path: string) =>
  requireFolder('--adapter', path, "give a LoRA adapter's folder in PEFT's format");
