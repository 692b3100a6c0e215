import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../../src/trainer/safetensors.ts';

const tensors = {
  'g/a.w': { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, Number.MIN_VALUE, -0) },
  'g/b': { shape: [], data: Float32Array.of(0.1) },
  empty: { shape: [0, 4], data: new Float32Array(0) },
};
const bad = expect.objectContaining({ code: 'BAD_CHECKPOINT' });

describe('safetensors', () => {
  it('comes back bit for bit, with its metadata', () => {
    const { tensors: back, metadata } = decodeSafetensors(encodeSafetensors(tensors, { images: '32' }));
    expect(metadata).toEqual({ images: '32' });
    expect(Object.keys(back)).toEqual(Object.keys(tensors));
    for (const [name, { shape, data }] of Object.entries(tensors)) {
      expect(back[name]!.shape).toEqual(shape);
      expect(Buffer.from(back[name]!.data.buffer)).toEqual(Buffer.from(data.buffer));
    }
  });

  it('is laid out as the format says', () => {
    const file = Buffer.from(encodeSafetensors(tensors));
    const length = Number(file.readBigUInt64LE(0));
    expect((8 + length) % 8).toBe(0);
    const header = JSON.parse(file.toString('utf8', 8, 8 + length));
    expect(header['g/a.w']).toEqual({ dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] });
    expect(header['g/b'].data_offsets).toEqual([24, 28]);
    expect(file.readFloatLE(8 + length + 8)).toBe(3.5);
    expect(file.length).toBe(8 + length + 28);
  });

  it('reads a file that was written by hand', () => {
    const json = '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  ';
    const file = Buffer.alloc(8 + json.length + 4);
    file.writeBigUInt64LE(BigInt(json.length), 0);
    file.write(json, 8);
    file.writeFloatLE(-7.25, 8 + json.length);
    expect(Array.from(decodeSafetensors(file).tensors.x!.data)).toEqual([-7.25]);
  });

  it('refuses what contradicts itself', () => {
    const good = encodeSafetensors(tensors);
    const change = (from: string, to: string) => {
      const text = Buffer.from(good).toString('latin1').replace(from, to);
      return Buffer.from(text, 'latin1');
    };
    const huge = Buffer.from(good);
    huge.writeBigUInt64LE(2n ** 60n, 0);
    for (const file of [
      good.subarray(0, 5),
      good.subarray(0, 40),
      good.subarray(0, good.length - 1),
      Buffer.concat([good, Buffer.of(0)]),
      huge,
      change('"F32"', '"F16"'),
      change('[2,3]', '[2,4]'),
      change('[0,24]', '[4,28]'),
      change('{"__meta', '["__meta'),
    ]) {
      expect(() => decodeSafetensors(file)).toThrow(bad);
    }
  });
});
