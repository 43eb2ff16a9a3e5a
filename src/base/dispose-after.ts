/**
 * Does work with something and disposes of it, however the work ends. It stands for `using`, which Node 22 does not know.
 */
export async function disposeAfter<Resource extends Disposable, Result>(
  resource: Resource,
  work: (resource: Resource) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(resource);
  } finally {
    resource[Symbol.dispose]();
  }
}
