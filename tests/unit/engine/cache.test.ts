import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRunner, traceProgram } from '../../../src/engine/index.ts';
import { smallGan, smallGanValues } from './small-gan.ts';

it('a traced program comes from the cache, byte for byte; a damaged file is made again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-graphs-'));
  try {
    const cache = { folder, key: 'config 1, version 1' };
    const trace = (options: object) => traceProgram(smallGan.programs.step!, smallGan.state, options);
    const plain = trace({});
    expect(trace({ cache })).toMatchObject({
      model: plain.model,
      inputs: plain.inputs,
      outputs: plain.outputs,
    });
    expect(readdirSync(folder)).toHaveLength(1);
    const file = join(folder, readdirSync(folder)[0]!);
    const good = readFileSync(file);
    const again = trace({ cache });
    expect(Buffer.from(again.model).equals(Buffer.from(plain.model))).toBe(true);
    for (const bad of [good.subarray(0, good.length - 9), Buffer.from('nonsense'), Buffer.alloc(0)]) {
      writeFileSync(file, bad);
      expect(Buffer.from(trace({ cache }).model).equals(Buffer.from(plain.model))).toBe(true);
      expect(readFileSync(file).equals(good)).toBe(true);
    }
    trace({ cache: { folder, key: 'config 2, version 1' } });
    expect(readdirSync(folder)).toHaveLength(2);

    const { state, inputs } = smallGanValues(8);
    const outputs = [];
    for (const options of [{}, { cache }, { cache }]) {
      const runner = await createRunner(smallGan, { device: 'cpu', threads: 1, ...options });
      runner.setState(state);
      outputs.push(await runner.run('step', inputs));
      await runner.dispose();
    }
    expect(outputs[1]).toEqual(outputs[0]);
    expect(outputs[2]).toEqual(outputs[0]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
