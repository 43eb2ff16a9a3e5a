/** What `rise download` fetches: the final policy, what SFT learned from, and the report with the summary. */
export const DOWNLOADS = ['checkpoint', 'shards', 'report'] as const;
export type DownloadKind = (typeof DOWNLOADS)[number];
