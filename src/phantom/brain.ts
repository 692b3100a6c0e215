import type { Field } from './noise.ts';
import type { Anatomy } from './parameters.ts';
import { clamp01, ellipsoid, join, meet, rod, type Solid, smoothstep } from './shapes.ts';
import { paint, type Tissues } from './tissue.ts';

export interface BrainFields {
  readonly folds: Field;
  readonly detail: Field;
}

/** Tentorium: the sheet between cerebrum and cerebellum, highest at the midline. */
function tentorium(ax: number, y: number): number {
  const sheet = 0 - 0.3 * (y - 14) - 0.2 * ax;
  return sheet - 3.2 * Math.max(0, 13 - y);
}

/** The arch of corpus callosum, and below it the ventricles: an ellipse in the sagittal plane. */
function arch(y: number, z: number): number {
  const uy = (y - 3) / 37;
  const uz = (z - 6) / 22;
  return (Math.sqrt(uy * uy + uz * uz) - 1) * 27;
}

/** Signal inside the braincase; `inner` is the signed distance to it (negative inside). */
export function brainSignal(
  x: number,
  y: number,
  z: number,
  inner: number,
  anatomy: Anatomy,
  tissues: Tissues,
  fields: BrainFields,
  edge: number,
): number {
  const ax = Math.abs(x);
  const cover = inner + anatomy.csfGapMm;
  const tent = tentorium(ax, y) - z;
  let s = tissues.csf;
  s = cerebrum(s, x, y, z, meet(cover, tent + 1, 2), anatomy, tissues, fields, edge);
  if (y > 8 && z < 12) s = cerebellum(s, x, y, z, meet(cover, 1 - tent, 3), tissues, fields, edge);
  if (ax < 40) s = deep(s, x, y, z, anatomy, tissues, fields, edge);
  return z < -8 && ax > 8 ? petrous(s, ax, y, z, tissues, fields.detail, edge) : s;
}

/** The bone ridge with the inner ear, between temporal lobe and cerebellum. */
function petrous(below: number, ax: number, y: number, z: number, t: Tissues, detail: Field, edge: number) {
  const ridge = petrousRidge(ax, y, z);
  if (ridge > edge) return below;
  const cells = clamp01(0.25 + 0.6 * detail(ax / 5, y / 5, z / 5));
  return paint(below, t.bone + t.marrow * 0.5 * cells, ridge, edge);
}

function cerebrum(
  below: number,
  x: number,
  y: number,
  z: number,
  outer: number,
  a: Anatomy,
  t: Tissues,
  { folds, detail }: BrainFields,
  edge: number,
): number {
  if (outer > edge) return below;
  const wave = a.foldWavelengthMm;
  const side = x < 0 ? 40.5 : 0;
  const slow = detail(x / 31, y / 31, z / 31 + side);
  // The fissure between the hemispheres above the callosum; the falx in it is not quite straight.
  const ax = Math.abs(x - 2.4 * detail(0.5, y / 22, z / 22));
  const callosal = arch(y, z);
  const middle = ax - 0.4 + 0.9 * Math.max(0, 2 - callosal);
  const depth = Math.min(-outer, middle);
  const narrow = a.sulcusWidthMm;
  let surface = depth;
  // Beyond all sulci there is only white matter, and nothing to work out.
  if (depth < 1.8 * a.sulcusDepthMm + 6) {
    // Sulci are sheets that run inwards: fields of direction, that change only slowly with depth.
    const stretch = 62 / Math.max(20, Math.sqrt(x * x + y * y + (z - 10) * (z - 10)));
    const k = (1 + 0.35 * (stretch - 1)) / wave;
    const first =
      folds(x * k + side, y * k, z * k) + 0.3 * folds(x * k * 2.1, y * k * 2.1 + 17, z * k * 2.1 + side);
    const second = folds(x * k * 1.25 + 71, y * k * 1.25, z * k * 1.25 + side);
    const reach = a.sulcusDepthMm * (1 + 0.4 * slow);
    const deepSulcus = Math.abs(first) * wave * 0.62 + 1.1 * Math.max(0, depth - reach);
    const shallow = Math.abs(second) * wave * 0.5 + 1.1 * Math.max(0, depth - 0.5 * reach);
    // At the side the Sylvian fissure, on the inner wall the cingulate sulcus round the callosum.
    const slope = z - (-6 + 0.3 * (y + 20) + 3 * slow);
    const sylvian = Math.abs(slope) + 1.3 * Math.max(0, 36 - ax) + 0.8 * Math.max(0, -46 - y, y - 34);
    const cingulate = Math.abs(callosal - 14 - 4 * slow) + 1.1 * Math.max(0, ax - 9, 5 - z);
    surface = Math.min(
      depth,
      deepSulcus - narrow,
      shallow - 0.7 * narrow,
      sylvian - 1.4 * narrow,
      cingulate - narrow,
    );
  }
  const s = paint(below, t.grey * (1 + 0.05 * slow), -surface, edge);
  return paint(s, t.white * (1 - 0.04 * slow), a.cortexMm - surface, edge * 1.15);
}

function cerebellum(
  below: number,
  x: number,
  y: number,
  z: number,
  outer: number,
  t: Tissues,
  { detail }: BrainFields,
  edge: number,
): number {
  const front = 12 + 14 * smoothstep(24, 8, Math.abs(x));
  const body = meet(outer, front - y, 9);
  if (body > edge) return below;
  // Folia fan out from the roof of the fourth ventricle.
  const angle = Math.atan2(z + 31, y - 27);
  const radius = Math.hypot(y - 27, z + 31);
  const wobble = detail(x / 17, y / 17, z / 17 + 9);
  const folia = Math.cos(angle * 15 + 2.2 * wobble);
  const fine = Math.cos(angle * 44 + radius * 0.35 + 3 * wobble);
  const depth = -body;
  const cleft = 0.55 + 0.45 * smoothstep(-1, -0.55, fine - 0.5 * folia);
  let s = paint(below, t.csf + (t.grey * 0.95 - t.csf) * cleft, body, edge);
  const core = ellipsoid(Math.abs(x) - 14, y - 42, z + 32, 20, 12, 8);
  const branch = (1 - folia) * 4 + 0.35 * Math.max(0, 9 - depth) * 2 - 2.1;
  s = paint(s, t.white * 0.97, Math.min(core, Math.max(branch, 5 - depth)), edge * 1.3);
  return s;
}

const midbrain = rod([0, 10, -3], [0, 14, -17], 9.5, 1.5);
const medullaEnd = [0, 22, -60] as const;
const medulla = rod([0, 14, -34], medullaEnd, 7, 1.2);
const petrousRidge = rod([20, 2, -30], [62, 20, -36], 9.5);

/** Corpus callosum, ventricles, basal ganglia, thalami, brainstem. */
function deep(
  below: number,
  x: number,
  y: number,
  z: number,
  a: Anatomy,
  t: Tissues,
  { detail }: BrainFields,
  edge: number,
): number {
  const ax = Math.abs(x);
  const v = a.ventricleFactor;
  const above = arch(y, z);
  let s = below;
  // The cistern around the brainstem and below the third ventricle.
  s = paint(s, t.csf, ellipsoid(x, y - 3, z + 17, 15, 27, 17), edge);
  // White matter and grey nuclei around the ventricles.
  const core = ellipsoid(ax - 16, y - 2, z - 9, 21, 33, 16);
  s = paint(s, t.white * 0.98, core, edge * 2);
  s = paint(s, t.grey * 1.08, ellipsoid(ax - 25, y + 6, z - 4, 6.5, 18, 11), edge * 1.5);
  s = paint(s, (t.grey + t.white * 0.9) / 2, ellipsoid(ax - 17, y + 3, z - 2, 5, 11, 7), edge * 1.5);
  // Lateral ventricles under the arch, with front and back horns.
  const belly = Math.max(Math.abs(above + 3.5 + 2.6 * v) - 3 * v, 2 - z - 0.1 * y);
  const horn = ellipsoid(ax - 21, y - 40, z - 3, 5 * v, 15, 5 * v);
  const room = Math.max(belly, Math.abs(ax - 7.5 - 0.12 * Math.abs(y - 2)) - 5.2 * Math.sqrt(v));
  s = paint(s, t.csf, join(room, horn, 5), edge);
  s = paint(s, t.grey, ellipsoid(ax - 12.5 - v, y + 16, z - 13, 5, 12, 8), edge * 1.4);
  // Thalami with the third ventricle between them; fornix and septum at the midline.
  s = paint(s, t.grey * 0.6 + t.white * 0.34, ellipsoid(ax - 10.5, y - 9, z - 5, 9.5, 16, 9.5), edge * 1.5);
  s = paint(s, t.csf, ellipsoid(x, y - 3, z - 2, 1.5 * v, 15, 9), edge);
  if (ax < 4) s = paint(s, t.white * 0.9, Math.max(Math.abs(above + 7.5 + 3 * v) - 1.6, ax - 2, -z), edge);
  // Corpus callosum: thick at both ends.
  const ends = 0.9 * smoothstep(14, 34, Math.abs(y - 3));
  const callosum = Math.max(Math.abs(above + 0.8) - 2.4 - 2 * ends, ax - 20, 2 - z - 0.06 * Math.abs(y));
  s = paint(s, t.white * 1.03, callosum, edge);
  return stem(s, x, y, z, t, detail, edge);
}

function stem(below: number, x: number, y: number, z: number, t: Tissues, detail: Field, edge: number) {
  if (z > 10 || Math.abs(x) > 24) return below;
  const texture = 1 + 0.05 * detail(x / 6, y / 6, z / 9);
  const tissue = t.white * 0.88 * texture;
  const pons = ellipsoid(x, y - 9, z + 26, 17, 12.5, 13);
  let s = paint(below, tissue, join(join(midbrain(x, y, z), pons, 6), medulla(x, y, z), 6), edge);
  // Fourth ventricle: a tent between pons and cerebellum, and the aqueduct.
  const fourth = ellipsoid(x, y - 25.5, z + 30, 7, 4, 9);
  s = paint(s, t.csf, fourth, edge);
  return s;
}

/** Cord and the fluid around it, from the foramen magnum down. */
export function spinalCanalOf(a: Anatomy): { readonly fluid: Solid; readonly cord: Solid } {
  const end = [0, 26 + a.neckLeanMm * 0.7, -185] as const;
  return { fluid: rod([0, 22, -50], end, 8.6, 1.25), cord: rod(medullaEnd, end, 5, 1.25) };
}
