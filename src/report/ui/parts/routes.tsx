import type { GroupLine } from '../../site/report-data.ts';

export type RouteKind = NonNullable<GroupLine['route']>;

/** The routes in their order, as readers know them; a colour of the theme each. */
export const ROUTES: readonly { kind: RouteKind; label: string }[] = [
  { kind: 'mastered', label: 'mastered' },
  { kind: 'self-distill', label: 'self-distilled' },
  { kind: 'expert', label: 'expert' },
];

/** A route with its colour. */
export function RouteBadge({ kind }: { kind: RouteKind }) {
  return (
    <span class="badge" style={{ '--mark': `var(--${kind})` }}>
      {ROUTES.find((route) => route.kind === kind)?.label}
    </span>
  );
}
