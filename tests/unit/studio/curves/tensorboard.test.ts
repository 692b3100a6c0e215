import { describe, expect, it } from 'vitest';
import { crc32c, eventFile } from '../../../../src/studio/curves/tensorboard.ts';

describe('TensorBoard event files', () => {
  it('use CRC-32C with its check value (RFC 3720, B.4)', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  });

  it('are records of TFRecord with events of the protocol buffer', () => {
    const file = eventFile([{ tag: 'lossD', step: 300, wallTime: 1.5, value: 0.25 }]);
    const records: Buffer[] = [];
    for (let at = 0; at < file.length; ) {
      const length = Number(file.readBigUInt64LE(at));
      const data = file.subarray(at + 12, at + 12 + length);
      const unmask = (masked: number) => {
        const rotated = (masked - 0xa282ead8) >>> 0;
        return ((rotated >>> 17) | (rotated << 15)) >>> 0;
      };
      expect(unmask(file.readUInt32LE(at + 8))).toBe(crc32c(file.subarray(at, at + 8)));
      expect(unmask(file.readUInt32LE(at + 12 + length))).toBe(crc32c(data));
      records.push(data);
      at += 16 + length;
    }
    expect(records).toHaveLength(2);
    expect(records[0]!.toString('latin1')).toContain('brain.Event:2');
    // wall_time 1.5, step 300 (varint ac 02), summary { value { tag "lossD" simple_value 0.25 } }.
    expect(records[1]!.toString('hex')).toBe(
      `09${'000000000000f83f'}10ac022a0e0a0c0a05${Buffer.from('lossD').toString('hex')}150000803e`,
    );
  });
});
