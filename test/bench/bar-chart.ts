/** Bars of one title, the longest value of all groups being the full width. */
export interface BarGroup {
  readonly title: string;
  readonly bars: readonly Bar[];
}

/** A bar; ours stands out. */
interface Bar {
  readonly name: string;
  readonly value: number;
  readonly ours: boolean;
}

const LABELS = 250;
const BARS = 380;
const FIGURES = 80;
const ROW = 24;
const BAR = 16;
const MARGIN = 16;

/** GitHub shows a picture on a light or a dark page: it follows what the reader's system prefers. */
const STYLE = `
    text { font: 13px system-ui, sans-serif; fill: #1f2328; }
    .title { font-weight: 600; }
    .bar { fill: #8c959f; }
    .ours { fill: #1f6feb; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .bar { fill: #6e7681; }
      .ours { fill: #58a6ff; }
    }`;

/** Horizontal bars as an SVG document. */
export function barChart(
  caption: string,
  groups: readonly BarGroup[],
  label: (value: number) => string,
): string {
  const longest = Math.max(...groups.flatMap(({ bars }) => bars.map(({ value }) => value)));
  const lines: string[] = [];
  let top = MARGIN;
  const text = (content: string, x: number, attributes = ''): void => {
    lines.push(`<text x="${x}" y="${top + BAR - 3}"${attributes}>${escape(content)}</text>`);
  };
  for (const { title, bars } of groups) {
    text(title, MARGIN, ' class="title"');
    top += ROW;
    for (const { name, value, ours } of bars) {
      const width = Math.max(1, Math.round((BARS * value) / longest));
      const style = ours ? 'bar ours' : 'bar';
      text(name, LABELS - 8, ' text-anchor="end"');
      lines.push(
        `<rect class="${style}" x="${LABELS}" y="${top}" width="${width}" height="${BAR}" rx="2"/>`,
      );
      text(label(value), LABELS + width + 8);
      top += ROW;
    }
    top += ROW / 2;
  }
  text(caption, MARGIN);
  const size = `${LABELS + BARS + FIGURES} ${top + ROW}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}" width="${LABELS + BARS + FIGURES}" role="img" aria-label="${escape(caption)}">
  <style>${STYLE}
  </style>
  ${lines.join('\n  ')}
</svg>
`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
