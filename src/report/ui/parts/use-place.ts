import { useEffect, useState } from 'preact/hooks';

/** Where the reader is: a page and what is chosen on it, in the address behind `#`, so that a link leads there again. */
export interface Place {
  page: string;
  chosen: Readonly<Record<string, string>>;
}

export function readPlace(hash: string): Place {
  const [page = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  return { page, chosen: Object.fromEntries(new URLSearchParams(query)) };
}

/** The address of a place; what is chosen to be empty is left out. */
export function addressOf(page: string, chosen: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(chosen).filter((pair): pair is [string, string] => Boolean(pair[1]));
  const query = new URLSearchParams(given).toString();
  return `#/${page}${query === '' ? '' : `?${query}`}`;
}

/** Where the reader is now, and how to go elsewhere: with a step back to here, or in its stead. */
export function usePlace() {
  const [place, setPlace] = useState(() => readPlace(location.hash));
  useEffect(() => {
    const follow = () => setPlace(readPlace(location.hash));
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  const go = (address: string, step: 'new' | 'same' = 'same') => {
    history[step === 'new' ? 'pushState' : 'replaceState'](null, '', address);
    setPlace(readPlace(address));
  };
  return { place, go };
}
