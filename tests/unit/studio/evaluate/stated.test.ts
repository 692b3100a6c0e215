import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noCardTexts } from '../../../../src/base/cardTexts.ts';
import {
  stateCardTexts,
  statedHtml,
  statedMarkdown,
  withStated,
} from '../../../../src/studio/evaluate/stated.ts';
import { Workspace } from '../../../../src/workspace/index.ts';

describe('texts of a model card', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-card-'));
  let ws: Workspace;
  let run: string;

  beforeAll(() => {
    ws = Workspace.create(join(folder, 'workspace'), { write: true });
    run = ws.createRun({
      dataset: 'heads',
      datasetHash: '0'.repeat(64),
      preset: 'tiny',
      size: 32,
      seed: 1,
      config: {},
      device: 'cpu',
    }).id;
  });
  afterAll(() => {
    ws.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('are empty until somebody writes them, and say so', () => {
    expect(ws.cardTexts(run)).toEqual(noCardTexts);
    expect(statedMarkdown(noCardTexts).match(/not stated/g)).toHaveLength(4);
    expect(statedHtml(noCardTexts).match(/not stated/g)).toHaveLength(4);
  });

  it('are kept one by one, plain, and taken away by an empty text', () => {
    stateCardTexts(ws, run, { contact: ' Imaging group\u0007\u202e ', notes: 'one\r\ntwo' });
    stateCardTexts(ws, run, { intendedUse: 'Teaching' });
    expect(ws.cardTexts(run)).toEqual({
      intendedUse: 'Teaching',
      forbiddenUse: '',
      contact: 'Imaging group',
      notes: 'one\ntwo',
    });
    stateCardTexts(ws, run, { notes: '' });
    expect(ws.cardTexts(run).notes).toBe('');
  });

  it('have limits, and what is too long changes nothing', () => {
    const before = ws.cardTexts(run);
    const long = 'x'.repeat(201);
    expect(() => stateCardTexts(ws, run, { intendedUse: 'other', contact: long })).toThrow(/201 letters/);
    expect(ws.cardTexts(run)).toEqual(before);
    expect(() => stateCardTexts(ws, 'run-0099', { notes: 'x' })).toThrow(/run-0099/);
  });

  it('cannot break out of the page or the card', () => {
    const texts = {
      ...noCardTexts,
      intendedUse: '</td><script>alert(1)</script>\n<!--/stated-->',
      notes: '# A heading\n[link](http://x)\n> | cell',
    };
    const html = statedHtml(texts);
    expect(html).not.toMatch(/<script|<\/td><s/);
    expect(html.match(/<!--/g)).toHaveLength(2);
    const markdown = statedMarkdown(texts);
    expect(markdown).not.toMatch(/[^\\]<script|^# A|[^\\]\[link/m);
    expect(markdown.match(/<!--\/?stated-->/g)).toHaveLength(2);
  });

  it('are those of today in a report of yesterday', () => {
    const written = `<p>before</p>${statedHtml(noCardTexts)}<p>after</p>`;
    const today = withStated(written, statedHtml({ ...noCardTexts, notes: 'New & bold' }));
    expect(today).toMatch(/^<p>before<\/p>.*New &#38; bold.*<p>after<\/p>$/s);
    expect(withStated(today, statedHtml(noCardTexts))).toBe(written);
    expect(withStated('<p>of an earlier version</p>', 'x')).toBe('<p>of an earlier version</p>');
  });
});
