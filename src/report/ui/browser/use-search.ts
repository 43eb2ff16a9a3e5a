import { useEffect, useState } from 'preact/hooks';
import type { GroupDetail, GroupLine, SourceOverview } from '../../site/report-data.ts';
import { loadData } from '../parts/load-data.ts';
import type { Found } from './select-rows.ts';

/** A search through all texts of a source: what it has found so far, and how far it is. */
export interface Search {
  found: Found | undefined;
  /** Share of the texts that were looked through; 1 when it is done. */
  share: number;
}

const NOTHING_ASKED: Search = { found: undefined, share: 1 };

/** Looks for a text in the questions, ids and responses of a source, part by part as they load. */
export function useSearch(folder: string, source: SourceOverview, lines: readonly GroupLine[], query: string): Search {
  const [search, setSearch] = useState<Search>(NOTHING_ASKED);
  useEffect(() => {
    if (query === '') return setSearch(NOTHING_ASKED);
    let isWanted = true;
    const run = async () => {
      const found = new Map<number, ReadonlySet<number> | 'all'>();
      setSearch({ found, share: 0 });
      for (let part = 0, first = 0; part < source.parts; part++) {
        const groups = await loadData<GroupDetail[]>(`${folder}${source.id}/part-${part}`);
        if (!isWanted) return;
        for (const [offset, group] of groups.entries()) note(found, first + offset, group, query.toLowerCase());
        first += groups.length;
        setSearch({ found: new Map(found), share: (part + 1) / source.parts });
      }
    };
    run().catch(() => setSearch({ found: new Map(), share: 1 }));
    return () => {
      isWanted = false;
    };
  }, [folder, source, lines, query]);
  return search;
}

function note(
  found: Map<number, ReadonlySet<number> | 'all'>,
  index: number,
  { promptId, question, groundTruth, trajectories }: GroupDetail,
  wanted: string,
): void {
  const has = (text: string) => text.toLowerCase().includes(wanted);
  if ([promptId, question, groundTruth].some(has)) found.set(index, 'all');
  else {
    const within = trajectories.flatMap(({ text }, at) => (has(text) ? [at] : []));
    if (within.length > 0) found.set(index, new Set(within));
  }
}
