import { spinalCanalOf } from './brain.ts';
import type { Field } from './noise.ts';
import type { Anatomy } from './parameters.ts';
import { box, clamp01, ellipsoid, join, rod, type Solid, smoothstep } from './shapes.ts';
import { paint, type Tissues } from './tissue.ts';

const mandibleBody = rod([18, -79, -104], [42, -38, -96], 7.5);
const eyeMuscles = [-1, 1].map((side) => rod([32, -68, -20 + side * 10], [17, -42, -18 + side * 3], 2));
const opticNerve = rod([31, -60, -20], [14, -38, -17], 2.1);
const earCanal = rod([90, 10, -30], [54, 8, -28], 2.8);
const dens = rod([0, 6.5, -66], [0, 5.5, -52], 4.5);

/** What a voxel of face or neck needs to know: the subject, its tissues, its noise and its airways. */
interface Face {
  readonly a: Anatomy;
  readonly t: Tissues;
  readonly field: Field;
  readonly edge: number;
  readonly throat: Solid;
  readonly softPalate: Solid;
  readonly epiglottis: Solid;
  readonly canal: ReturnType<typeof spinalCanalOf>;
}

export type FaceSignal = (x: number, y: number, z: number, skinDepth: number) => number;

/** Signal of face and neck outside the braincase; `skinDepth` is the depth below the skin. */
export function faceOf(a: Anatomy, t: Tissues, field: Field, edge: number): FaceSignal {
  const f = a.faceFactor;
  const bend = [0, -20, -60 * f] as const;
  const upper = rod([0, -36, -49 * f], bend, 5, 2);
  const lower = rod(bend, [0, -14 + a.neckLeanMm * 0.7, -185], 5.5, 1.7);
  const face: Face = {
    a,
    t,
    field,
    edge,
    throat: (x, y, z) => join(upper(x, y, z), lower(x, y, z), 3),
    softPalate: rod([0, -44, -63 * f], [0, -24, -76 * f], 3, 2.5),
    epiglottis: rod([0, -28, -108 * f], [0, -20, -99 * f], 1.4, 4),
    canal: spinalCanalOf(a),
  };
  return (x, y, z, skinDepth) => {
    const ax = Math.abs(x);
    let s = softTissue(face, x, y, z, skinDepth);
    if (y < -15) {
      s = jaws(s, face, ax, y, z / f);
      s = airways(s, face, x, y, z / f);
      s = orbits(s, face, ax, y, z, skinDepth);
    }
    if (z < -38) s = pharynx(s, face, x, y, z);
    if (ax > 34 && y > -45) s = ear(s, face, ax, y, z);
    if (z < -50 && ax < 34) s = spine(s, face, x, y, z);
    return s;
  };
}

/** Muscle in bundles with fat between them, fat below the skin, skin. */
function softTissue(face: Face, x: number, y: number, z: number, skinDepth: number): number {
  const { a, t, field, edge } = face;
  const bundles = field(x / 9, y / 9, z / 16);
  const streaks = smoothstep(0.22, 0.5, field(x / 13 + 31, y / 8, z / 22)) * 0.75;
  const muscle = t.muscle * (1 + 0.16 * bundles);
  const s = muscle + (t.fat * 0.8 - muscle) * streaks;
  const nape = 1 + 0.8 * smoothstep(45, 75, y) * smoothstep(-30, -70, z);
  const cheek = 1 + 0.7 * smoothstep(-30, -70, y) * smoothstep(-15, -50, z) * smoothstep(15, 35, Math.abs(x));
  const fat = a.fatMm * nape * cheek * (1 + 0.25 * field(x / 25, y / 25, z / 25 + 7));
  const under = paint(s, t.fat, skinDepth - 1.8 - fat, edge * 1.4);
  return paint(under, t.skin, skinDepth - 1.8, edge);
}

function jaws(below: number, face: Face, ax: number, y: number, z: number): number {
  const { a, t, edge } = face;
  let s = below;
  // Tongue and floor of the mouth.
  s = paint(s, t.air, ellipsoid(ax, y + 60, z + 81, 25, 28, 19), edge);
  s = paint(s, t.muscle * 1.25, ellipsoid(ax, y + 57, z + 84, 23.5, 26, 18), edge);
  s = paint(s, t.muscle * 1.1, ellipsoid(ax, y + 62, z + 101, 20, 20, 6), edge * 1.5);
  // Hard palate, upper and lower teeth.
  const palate = box(ax, y + 68, z + 65, 20, 19, 2.8, 2);
  s = bone(s, palate, 1.2, t, edge);
  const curve = Math.hypot(ax * 0.75, Math.max(0, -(y + 52))) - 32;
  const teeth = Math.max(Math.abs(curve) - 4, Math.abs(z + 76) - 9, y + 52, ax - 27);
  s = paint(s, t.bone, teeth, edge);
  // Mandible: chin, body, ramus.
  const chin = ellipsoid(ax, y + 83 + a.chinMm, z + 103, 20, 6.5, 12);
  const ramus = box(ax - 45, y + 27 + 0.1 * z, z + 68, 4.5, 15, 32, 4);
  s = bone(s, join(join(chin, mandibleBody(ax, y, z), 5), ramus, 6), 1.4, t, edge);
  return s;
}

/** A bone: dark cortex of the given thickness around marrow. */
function bone(below: number, d: number, cortex: number, t: Tissues, edge: number): number {
  if (d > edge) return below;
  return paint(paint(below, t.bone, d, edge), t.marrow * 0.85, d + cortex, edge);
}

function airways(below: number, face: Face, x: number, y: number, z: number): number {
  const { a, t, field, edge } = face;
  const ax = Math.abs(x);
  const q = a.sinusFactor;
  let s = below;
  // Nasal cavity with septum and turbinates.
  const cavity = ellipsoid(ax, y + 68, z + 46, 14, 30, 17);
  if (cavity < edge) {
    s = paint(s, t.air, cavity, edge);
    const lining = t.muscle * 1.15;
    s = paint(s, lining, Math.abs(ax - 0.4) - 1.3, edge);
    for (const height of [38, 47, 56]) {
      s = paint(s, lining, ellipsoid(ax - 8.5, y + 64, z + height, 4.6, 20, 2.9), edge);
    }
  }
  const sinuses = Math.min(
    ellipsoid(ax - 8, y + 31, z + 22, 10 * q, 12 * q, 8 * q),
    ellipsoid(ax - 10, y + 84, z + 1, 12 * q, 4.5 * q, 11 * q),
    ellipsoid(ax - 28, y + 60, z + 45, 12.5 * q, 16 * q, 15 * q),
  );
  s = paint(s, t.air, sinuses, edge);
  // Ethmoid cells: small chambers between the orbits.
  const ethmoid = ellipsoid(ax, y + 58, z + 22, 12, 20, 8);
  if (ethmoid < edge) {
    const cells = smoothstep(-0.15, 0.25, field(x / 4, y / 4, z / 4));
    s = paint(s, t.muscle * 0.9 * cells, ethmoid, edge);
  }
  return s;
}

/** Eye with lens, fat behind it, muscles and optic nerve. */
function orbits(below: number, face: Face, ax: number, y: number, z: number, skinDepth: number): number {
  const { t, edge } = face;
  if (z < -42 || z > 2 || ax < 6 || ax > 54) return below;
  let s = below;
  const socket = ellipsoid(
    ax - 32 - 0.25 * (y + 62),
    y + 62,
    z + 20,
    16,
    25,
    15 + 0.1 * Math.max(-20, -62 - y),
  );
  if (socket < edge) {
    s = paint(s, t.bone, socket - 1.5, edge);
    s = paint(s, t.fat * 0.95, Math.max(socket, 3 - skinDepth), edge);
    for (const muscle of eyeMuscles) s = paint(s, t.muscle * 1.1, muscle(ax, y, z), edge);
    s = paint(s, t.white * 0.8, opticNerve(ax, y, z), edge);
  }
  const globe = Math.max(ellipsoid(ax - 32, y + 71, z + 20, 12, 12, 12), 2 - skinDepth);
  s = paint(s, t.muscle * 0.9, globe, edge);
  s = paint(s, t.csf * 1.1, globe + 1.4, edge);
  return paint(s, t.muscle * 1.2, Math.max(ellipsoid(ax - 32, y + 79, z + 20, 4.5, 2.2, 4.5), globe), edge);
}

function pharynx(below: number, face: Face, x: number, y: number, z: number): number {
  const { t, edge } = face;
  let s = paint(below, t.air, face.throat(x, y, z), edge);
  // Soft palate and epiglottis hang into it.
  s = paint(s, t.muscle * 1.15, face.softPalate(x, y, z), edge);
  return paint(s, t.muscle * 1.1, face.epiglottis(x, y, z), edge);
}

/** Petrous bone, mastoid cells, ear canal, parotid gland. */
function ear(below: number, face: Face, ax: number, y: number, z: number): number {
  const { t, field, edge } = face;
  let s = paint(below, t.muscle * 1.45, ellipsoid(ax - 55, y + 4, z + 64, 9, 15, 22), edge * 2);
  const mastoid = ellipsoid(ax - 52, y - 26, z + 46, 12, 14, 20);
  if (mastoid < edge) {
    const cells = clamp01(0.35 + field(ax / 4, y / 4, z / 4));
    s = paint(s, t.marrow * 0.5 * cells, mastoid, edge);
  }
  return paint(s, t.air, earCanal(ax, y, z), edge);
}

/** Vertebral bodies with discs, spinous processes, the canal with the cord. */
function spine(below: number, face: Face, x: number, y: number, z: number): number {
  const { a, t, field, edge } = face;
  const ax = Math.abs(x);
  const level = Math.max(0, Math.round((-62 - z) / 19 - 0.4));
  const lean = a.neckLeanMm * 0.7 * clamp01((-60 - z) / 125);
  const centre = -69.6 - 19 * level;
  const front = 7.5 + lean;
  const column = Math.max(box(ax, y - front, 0, 11, 7.5, 1e3, 3), z + 60);
  let s = paint(below, t.muscle * 0.75, column, edge);
  s = bone(s, box(ax, y - front, z - centre, 11.5, 8, 7.6, 2.5), 1.1, t, edge);
  if (level === 0) s = bone(s, dens(x, y, z), 1, t, edge);
  // Spinous processes slant down; their length differs from one to the next.
  const long = 7 + 2.5 * (level % 2) + 3 * field(level * 3.1, 5.5, 1.5);
  const along = y - 45 - lean;
  const process = Math.max(box(ax, along, z - centre + 6 + 0.4 * along, 3.4, long, 3.4, 3), 0.1 * along - 4);
  const arch = Math.max(
    Math.abs(Math.hypot(ax * 0.8, y - 24 - lean) - 13.5) - 2.6,
    Math.abs(z - centre) - 5.5,
  );
  s = bone(s, Math.min(process, arch), 1, t, edge);
  if (z > -40 || ax > 16) return s;
  s = paint(s, t.csf, face.canal.fluid(x, y, z), edge);
  return paint(s, t.white * 0.86, face.canal.cord(x, y, z), edge);
}
