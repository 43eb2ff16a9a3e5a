import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from '@tanstack/virtual-core';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef } from 'preact/hooks';
import './virtual-list.css';

interface VirtualListProps {
  label: string;
  count: number;
  /** Of every row, in pixels. */
  rowHeight: number;
  /** The row that is chosen; -1 where none is. */
  chosen: number;
  onChoose(row: number): void;
  /** What a click on a row, and Enter on the chosen one, does. */
  onOpen(row: number): void;
  renderRow(row: number): ComponentChildren;
}

/** A list of any length, of which only what is seen is there. Arrow keys, Page and Home and End choose a row. */
export function VirtualList({ label, count, rowHeight, chosen, onChoose, onOpen, renderRow }: VirtualListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count, rowHeight, scroller });
  useEffect(() => {
    if (chosen >= 0) virtual.scrollToIndex(chosen, { align: 'auto' });
  }, [virtual, chosen]);
  const pageRows = () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') return onOpen(Math.max(0, chosen));
    const row = rowFor(event.key, chosen, count, pageRows());
    if (row === undefined) return;
    event.preventDefault();
    onChoose(row);
  };
  return (
    <div
      ref={scroller}
      class="virtual-list"
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={chosen >= 0 ? `row-${chosen}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div class="virtual-rows" role="presentation" style={{ height: `${virtual.getTotalSize()}px` }}>
        {virtual.getVirtualItems().map(({ index, start }) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys
          <div
            key={index}
            id={`row-${index}`}
            class="virtual-row"
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            aria-setsize={count}
            aria-posinset={index + 1}
            style={{ height: `${rowHeight}px`, transform: `translateY(${start}px)` }}
            onClick={() => onOpen(index)}
          >
            {renderRow(index)}
          </div>
        ))}
      </div>
    </div>
  );
}

function rowFor(key: string, chosen: number, count: number, page: number): number | undefined {
  const within = (row: number) => Math.min(count - 1, Math.max(0, row));
  const moves: Record<string, number> = {
    ...{ ArrowDown: chosen + 1, ArrowUp: chosen - 1, PageDown: chosen + page, PageUp: chosen - page },
    ...{ Home: 0, End: count - 1 },
  };
  return count > 0 && key in moves ? within(moves[key]) : undefined;
}

/** The library's virtualizer as a hook: it redraws the component when other rows come into view. */
function useVirtualizer({
  count,
  rowHeight,
  scroller,
}: {
  count: number;
  rowHeight: number;
  scroller: { current: HTMLDivElement | null };
}) {
  const [, redraw] = useReducer((times: number) => times + 1, 0);
  const options: VirtualizerOptions<HTMLDivElement, HTMLDivElement> = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => redraw(undefined),
  };
  const virtual = useMemo(() => new Virtualizer(options), []);
  virtual.setOptions(options);
  useEffect(() => virtual._didMount(), [virtual]);
  useLayoutEffect(() => virtual._willUpdate());
  useLayoutEffect(() => virtual.measure(), [virtual, rowHeight]);
  return virtual;
}
