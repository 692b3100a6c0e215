import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import type { UtilityProcess } from 'electron';
import { expect, it } from 'vitest';
import { trainerEntry, trainerOver } from '../../../electron/trainer.ts';
import type { TrainerReport } from '../../../src/studio/app/reports.ts';

/** Electron's UtilityProcess: messages, an exit code, a piped stderr. */
class FakeUtilityProcess extends EventEmitter {
  readonly stderr = new PassThrough();
  readonly sent: unknown[] = [];
  postMessage(message: unknown): void {
    this.sent.push(message);
  }
  kill(): boolean {
    this.emit('exit', 15);
    return true;
  }
}

it('starts the trainer’s entry, which is there', () => expect(existsSync(trainerEntry)).toBe(true));

it('hands orders on, parses reports and tells how the process ended', async () => {
  const child = new FakeUtilityProcess();
  const trainer = trainerOver(child as object as UtilityProcess);
  const reports: TrainerReport[] = [];
  trainer.onReport(
    (report) => reports.push(report),
    () => {},
  );
  trainer.send({ type: 'stop' });
  expect(child.sent).toEqual([{ type: 'stop' }]);
  child.emit('message', { type: 'ready', device: 'cpu', totalImages: null });
  expect(reports).toEqual([{ type: 'ready', device: 'cpu', totalImages: null }]);
  child.stderr.write('out of memory');
  await new Promise((resolve) => setImmediate(resolve));
  child.emit('exit', 1);
  expect(await trainer.exited).toEqual({ code: 1, signal: null, stderr: 'out of memory' });
});

it('says so when a message is not in the table, and ends the process when told', async () => {
  const child = new FakeUtilityProcess();
  const trainer = trainerOver(child as object as UtilityProcess);
  const broken: string[] = [];
  trainer.onReport(
    () => broken.push('taken for a report'),
    ({ code }) => broken.push(code),
  );
  child.emit('message', { type: 'path', value: '/home' });
  expect(broken).toEqual(['INTERNAL']);
  trainer.kill();
  expect((await trainer.exited).code).toBe(15);
});
