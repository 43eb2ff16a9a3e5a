import { type SankeyGraph, sankey, sankeyLinkHorizontal } from 'd3-sankey';
import './sankey.css';
import { count } from './format.ts';
import { useWidth } from './use-width.ts';

export interface SankeyNode {
  id: string;
  label: string;
  about: string;
  /** One of the theme's colours. */
  colour: string;
  /** Where its prompts are listed, if anywhere. */
  address?: string;
}

export interface SankeyLink {
  from: string;
  to: string;
  value: number;
}

type Link = { source: string; target: string; value: number };
type Laid = SankeyGraph<SankeyNode, Link>;

const NARROW = 560;

/** A flow from left to right: what each node has, and where it goes on. */
export function Sankey({
  title,
  nodes,
  links,
}: {
  title: string;
  nodes: readonly SankeyNode[];
  links: readonly SankeyLink[];
}) {
  const { element, width } = useWidth<HTMLDivElement>();
  const height = width < NARROW ? 300 : 320;
  return (
    <div class="sankey" ref={element}>
      {width > 0 && (
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
          <title>{title}</title>
          <Flow laid={layOut(nodes, links, width, height)} width={width} />
        </svg>
      )}
    </div>
  );
}

function layOut(nodes: readonly SankeyNode[], links: readonly SankeyLink[], width: number, height: number): Laid {
  const side = width < NARROW ? 4 : 8;
  return sankey<SankeyNode, Link>()
    .nodeId(({ id }) => id)
    .nodeWidth(10)
    .nodePadding(width < NARROW ? 34 : 26)
    .nodeSort(null)
    .linkSort(null)
    .extent([
      [side, 14],
      [width - (width < NARROW ? 92 : 170), height - 14],
    ])({
    nodes: nodes.map((node) => ({ ...node })),
    links: links.map(({ from, to, value }) => ({ source: from, target: to, value })),
  });
}

const pathOf = sankeyLinkHorizontal<SankeyNode, Link>();

function Flow({ laid: { nodes, links }, width }: { laid: Laid; width: number }) {
  const total = Math.max(...nodes.map(({ value = 0 }) => value));
  return (
    <>
      <g fill="none">
        {links.map((link) => {
          const target = link.target as SankeyNode;
          const source = link.source as SankeyNode;
          const shown = source.id === nodes[0].id ? target : source;
          return (
            <path
              key={`${source.id} ${target.id}`}
              class="sankey-link"
              d={pathOf(link) ?? ''}
              stroke={`var(--${shown.colour})`}
              stroke-width={Math.max(1, link.width ?? 0)}
            />
          );
        })}
      </g>
      {nodes.map((node) => {
        const { x0 = 0, x1 = 0, y0 = 0, y1 = 0, value = 0 } = node;
        const middle = (y0 + y1) / 2;
        const label = (
          <>
            <rect x={x0} y={y0} width={x1 - x0} height={Math.max(2, y1 - y0)} rx="2" fill={`var(--${node.colour})`} />
            <text x={x1 + 8} y={middle} dy={width < NARROW ? '-0.25em' : '-0.15em'} class="sankey-value">
              {count(value)}
              <tspan class="sankey-share">{` ${Math.round((100 * value) / total)}%`}</tspan>
            </text>
            <text x={x1 + 8} y={middle} dy={width < NARROW ? '0.95em' : '1.05em'} class="sankey-label">
              {node.label}
            </text>
          </>
        );
        const name = `${node.label}: ${count(value)} prompts, ${node.about}`;
        return node.address ? (
          <a key={node.id} href={node.address}>
            {label}
          </a>
        ) : (
          <g key={node.id}>
            <title>{name}</title>
            {label}
          </g>
        );
      })}
    </>
  );
}
