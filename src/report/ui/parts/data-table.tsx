import type { Table } from '../../site/report-data.ts';

const isFigure = (cell: string) => /^[+\-\u2212$]?[\d.,]/.test(cell) || cell === '';

/** A table of a report. It scrolls by itself where the page is narrow, by keys too. */
export function DataTable({ table: { title, header, rows } }: { table: Table }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="scroll" aria-label={title} tabIndex={0}>
      <table class="data">
        <caption>{title}</caption>
        <thead>
          <tr>
            {header.map((cell, at) => (
              <th key={at} scope="col">
                {cell === '' ? <span class="only-read">{at === 0 ? 'row' : 'verdict'}</span> : cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([first, ...cells], row) => (
            <tr key={row}>
              <th scope="row">{first}</th>
              {cells.map((cell, at) => (
                <td key={at} class={isFigure(cell) ? '' : 'text'}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
