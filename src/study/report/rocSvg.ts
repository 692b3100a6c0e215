import type { RocPoint } from '../roc.ts';

const edge = 240;
const margin = 36;

/** The ROC curve as a drawing, with chance as a dashed line. */
export function rocSvg(curve: readonly RocPoint[]): string {
  const x = (share: number) => (margin + share * edge).toFixed(1);
  const y = (share: number) => (8 + (1 - share) * edge).toFixed(1);
  const line = curve.map((p) => `${x(p.falsePositive)},${y(p.truePositive)}`).join(' ');
  return [
    `<svg viewBox="0 0 ${edge + margin + 12} ${edge + margin + 8}" role="img" aria-label="ROC curve of all answers">`,
    `<rect x="${margin}" y="8" width="${edge}" height="${edge}" fill="none" stroke="#999"/>`,
    `<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" stroke="#999" stroke-dasharray="4 4"/>`,
    `<polyline points="${line}" fill="none" stroke="#0f6591" stroke-width="2"/>`,
    `<text x="${margin + edge / 2}" y="${edge + 34}" font-size="11" text-anchor="middle">real called synthetic</text>`,
    `<text x="12" y="${8 + edge / 2}" font-size="11" text-anchor="middle" transform="rotate(-90 12 ${8 + edge / 2})">synthetic called synthetic</text>`,
    '</svg>',
  ].join('');
}
