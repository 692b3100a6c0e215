import type { Random } from '../base/random.ts';
import { brainSignal } from './brain.ts';
import { faceOf } from './face.ts';
import { gradientNoise } from './noise.ts';
import type { Anatomy } from './parameters.ts';
import { smoothstep } from './shapes.ts';
import { braincase, skinOf } from './skull.ts';
import { paint, type Tissues } from './tissue.ts';

/**
 * Noise-free signal at a place in the scanner (LPS, millimetres), or, outside the head, minus the distance to
 * it in millimetres, so that a caller can skip empty space. The distance may be half too great.
 */
export type Head = (x: number, y: number, z: number) => number;

/**
 * The head of one subject: pose, proportions, a gentle random warp, then skin, face, skull and brain.
 * `edgeMm` is the width of a tissue edge, about a pixel.
 */
export function head(anatomy: Anatomy, tissues: Tissues, random: Random, edgeMm: number): Head {
  const folds = gradientNoise(random);
  const detail = gradientNoise(random);
  const phase = Array.from({ length: 6 }, () => random.uniform() * 2 * Math.PI);
  const turn = rotation(anatomy);
  const { warpMm, skullMm } = anatomy;
  const skin = skinOf(anatomy);
  const face = faceOf(anatomy, tissues, detail, edgeMm);
  const fields = { folds, detail };
  return (sx, sy, sz) => {
    // Pose, about the neck's top, then proportions.
    const rx = sx;
    const ry = sy - anatomy.shiftYMm;
    const rz = sz - anatomy.shiftZMm + 40;
    const px = (turn[0]! * rx + turn[1]! * ry + turn[2]! * rz) / anatomy.widthFactor;
    const py = (turn[3]! * rx + turn[4]! * ry + turn[5]! * rz) / anatomy.lengthFactor;
    const pz = (turn[6]! * rx + turn[7]! * ry + turn[8]! * rz - 40) / anatomy.heightFactor;
    const x = px + warpMm * 0.6 * Math.sin(py / 23 + phase[0]! + Math.sin(pz / 31 + phase[1]!));
    const y = py + warpMm * Math.sin(pz / 27 + phase[2]! + Math.sin(px / 19 + phase[3]!));
    const z = pz + warpMm * Math.sin(py / 25 + phase[4]! + Math.sin(px / 21 + phase[5]!));
    const outside = skin(x, y, z);
    if (outside > edgeMm) return -outside;
    const inner = braincase(x, y, z);
    let s = tissues.air;
    if (inner > -edgeMm) {
      s = face(x, y, z, -outside);
      if (inner < skullMm + 14) s = skull(s, x, y, z, inner, skullMm, tissues, detail, edgeMm);
    }
    if (inner < edgeMm) {
      const brain = brainSignal(x, y, z, inner, anatomy, tissues, fields, edgeMm);
      s = paint(s, brain, inner, edgeMm);
    }
    return paint(tissues.air, s, outside, edgeMm);
  };
}

/** Two dark tables with marrow between them; thicker, with more marrow, at the base. */
function skull(
  below: number,
  x: number,
  y: number,
  z: number,
  inner: number,
  thickness: number,
  tissues: Tissues,
  detail: (x: number, y: number, z: number) => number,
  edge: number,
): number {
  const base = smoothstep(-5, -25, z) * smoothstep(40, 20, Math.abs(x)) * smoothstep(-24, -12, y);
  const local = thickness * (1 + 0.22 * detail(x / 30, y / 30, z / 30 + 3)) + 7 * base * smoothstep(20, 5, y);
  if (z < -45 && y > 5 && Math.abs(x) < 14 && y < 40) return below; // foramen magnum
  const s = paint(below, tissues.bone, inner - local, edge);
  const table = 1.5 + 0.25 * (local - 5);
  const marrow = Math.max(inner - local + table, table - inner);
  return paint(s, tissues.marrow * (0.7 + 0.3 * base), marrow, edge);
}

/** Rows of the rotation from scanner to head: roll, yaw, pitch. */
function rotation({ pitchDegrees, rollDegrees, yawDegrees }: Anatomy): number[] {
  const [cp, sp] = cosSin(pitchDegrees);
  const [cr, sr] = cosSin(rollDegrees);
  const [cy, sy] = cosSin(yawDegrees);
  const pitch = [1, 0, 0, 0, cp, -sp, 0, sp, cp];
  const roll = [cr, 0, sr, 0, 1, 0, -sr, 0, cr];
  const yaw = [cy, -sy, 0, sy, cy, 0, 0, 0, 1];
  return product(pitch, product(roll, yaw));
}

function cosSin(degrees: number): readonly [number, number] {
  const radians = (degrees * Math.PI) / 180;
  return [Math.cos(radians), Math.sin(radians)];
}

function product(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: 9 }, (_, i) => {
    const row = Math.floor(i / 3) * 3;
    return a[row]! * b[i % 3]! + a[row + 1]! * b[3 + (i % 3)]! + a[row + 2]! * b[6 + (i % 3)]!;
  });
}
