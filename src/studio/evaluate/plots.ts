import { shown } from './findings.ts';
import { type Figure, type Report, type SetName, setNames } from './report.ts';

/** One colour and one shape a set, so that a print in grey can be read too. */
const marks: Record<SetName, { readonly colour: string; readonly path: string }> = {
  synthetic: { colour: '#b3261e', path: 'M0-7L7 0L0 7L-7 0Z' },
  floor: { colour: '#1b7f4b', path: 'M-5.5-5.5H5.5V5.5H-5.5Z' },
  blurred: { colour: '#2b5fb4', path: 'M0-6L6 5H-6Z' },
  noisy: { colour: '#8a5a00', path: 'M0 6L6-5H-6Z' },
  repeated: { colour: '#6b4e9b', path: 'M-6-2H-2V-6H2V-2H6V2H2V6H-2V2H-6Z' },
};
const words: Record<SetName, string> = {
  synthetic: 'synthetic',
  floor: 'floor: real slices of other people',
  blurred: 'real, blurred',
  noisy: 'real, noisy',
  repeated: 'one real slice repeated',
};

function mark(set: SetName, x: number, y: number, title = ''): string {
  const { colour, path } = marks[set];
  return `<path transform="translate(${x.toFixed(1)} ${y})" d="${path}" fill="${colour}" fill-opacity=".85"><title>${title || set}</title></path>`;
}

/** What each shape stands for. */
export function legend(): string {
  return `<p class="legend">${setNames
    .map(
      (set) =>
        `<span><svg width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">${mark(set, 0, 0)}</svg> ${words[set]}</span>`,
    )
    .join(' ')}</p>`;
}

/** The sets of a figure on one line, logarithmic where they differ by more than a factor of twenty. */
export function strip(figure: Figure): string {
  const present = setNames.flatMap((set) => {
    const measured = figure.sets[set];
    return measured === undefined ? [] : [{ set, ...measured }];
  });
  const values = present.map(({ value }) => value);
  const smallest = Math.min(...values.filter((v) => v > 0));
  const logarithmic = figure.good === 'low' && Math.max(...values) > 20 * smallest;
  const scale = (v: number) => (logarithmic ? Math.log10(Math.max(v, smallest / 2)) : v);
  const ends = figure.good === 'high' ? [0, Math.max(1, ...values)] : values.map(scale);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const width = 300;
  const x = (v: number) =>
    12 + ((Math.min(high, Math.max(low, scale(v))) - low) / (high - low || 1)) * (width - 24);
  const synthetic = figure.sets.synthetic;
  const whisker =
    synthetic?.low === undefined || synthetic.high === undefined
      ? ''
      : `<path d="M${x(synthetic.low).toFixed(1)} 13H${x(synthetic.high).toFixed(1)}" stroke="${marks.synthetic.colour}" stroke-width="3"/>`;
  const drawn = [...present]
    .reverse()
    .map(({ set, value }) => mark(set, x(value), 13, `${words[set]}: ${shown(value)}`));
  return `<svg width="${width}" height="26" role="img" aria-label="${present.map(({ set, value }) => `${set} ${shown(value)}`).join(', ')}"><path d="M12 13H${width - 12}" stroke="#bbb"/>${whisker}${drawn.join('')}${logarithmic ? `<text x="${width}" y="24" text-anchor="end" font-size="9" fill="#555">log</text>` : ''}</svg>`;
}

/** Radial power spectra of all sets. */
export function spectrumPlot({ spectra }: Report): string {
  const entries = Object.entries(spectra) as [SetName | 'reference', readonly number[]][];
  if (entries.length === 0) return '';
  const all = entries.flatMap(([, profile]) => profile);
  const [low, high] = [Math.floor(Math.min(...all)), Math.ceil(Math.max(...all))];
  const [width, height, left, bottom] = [640, 260, 46, 34];
  const length = entries[0]![1].length;
  const x = (i: number) => left + (i / Math.max(1, length - 1)) * (width - left - 10);
  const y = (v: number) => 8 + ((high - v) / (high - low || 1)) * (height - bottom - 8);
  const lines = entries.map(([set, profile]) => {
    const points = profile.map((v, i) => `${x(i).toFixed(1)},${y(v).toFixed(1)}`).join(' ');
    const colour = set === 'reference' ? '#000' : marks[set].colour;
    return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="${set === 'synthetic' ? 3 : 1.5}"${set === 'reference' ? ' stroke-dasharray="6 3"' : ''}><title>${set}</title></polyline>`;
  });
  const grid = Array.from({ length: high - low + 1 }, (_, i) => low + i).map(
    (v) =>
      `<path d="M${left} ${y(v)}H${width - 10}" stroke="#ddd"/><text x="${left - 6}" y="${y(v) + 4}" text-anchor="end">10<tspan dy="-4" font-size="9">${v}</tspan></text>`,
  );
  return `<svg class="plot" width="${width}" height="${height}" role="img" aria-label="Radial power spectra">${grid.join('')}${lines.join('')}<text x="${left}" y="${height - 8}">1</text><text x="${width - 10}" y="${height - 8}" text-anchor="end">${length}</text><text x="${(width + left) / 2}" y="${height - 8}" text-anchor="middle">cycles a picture (dashed: the real slices compared with)</text></svg>`;
}
