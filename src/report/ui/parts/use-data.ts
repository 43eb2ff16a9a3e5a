import { useEffect, useState } from 'preact/hooks';
import { loadData } from './load-data.ts';

/** Data that is here, on its way, or that could not be had. */
export type Loaded<T> = { kind: 'here'; data: T } | { kind: 'loading' } | { kind: 'failed'; because: string };

/** Data by name; none where there is no name. */
export function useData<T>(name: string | undefined): Loaded<T> {
  const [loaded, setLoaded] = useState<{ name?: string; state: Loaded<T> }>({ state: { kind: 'loading' } });
  useEffect(() => {
    let isWanted = true;
    const tell = (state: Loaded<T>) => isWanted && setLoaded({ name, state });
    if (name !== undefined) {
      loadData<T>(name).then(
        (data) => tell({ kind: 'here', data }),
        (error: Error) => tell({ kind: 'failed', because: error.message }),
      );
    }
    return () => {
      isWanted = false;
    };
  }, [name]);
  return loaded.name === name ? loaded.state : { kind: 'loading' };
}
