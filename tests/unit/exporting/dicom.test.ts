import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { type SyntheticContext, writeSyntheticDicom } from '../../../src/exporting/dicom/synthetic.ts';
import type { SyntheticSlice } from '../../../src/exporting/marking.ts';
import { dciodvfyErrors, hasDciodvfy, hasDcmdump, hasPydicom, runPython } from './oracles.ts';

const provenance = {
  appVersion: '0.1.0',
  runId: 'r-0001',
  modelSha256: '0123456789abcdef'.repeat(4),
  preset: 'tiny',
  modality: 'MR',
  bodyPart: 'HEAD',
};
const createdAt = new Date('2026-11-24T06:30:00Z');

const contexts: Record<string, SyntheticContext> = {
  sc: { provenance, createdAt },
  scBare: { provenance: { ...provenance, modality: 'OT' }, createdAt },
  scUnits: {
    provenance: { ...provenance, modality: 'CT' },
    createdAt,
    intensityFrom: { slope: 1, intercept: -1024, low: 24, high: 2024.5, unit: 'HU' },
  },
  mr: { provenance, createdAt, kind: 'mr' },
  mrUnits: {
    provenance,
    createdAt,
    kind: 'mr',
    intensityFrom: { slope: 0.073, intercept: 3.1, low: 3, high: 871, unit: 'US' },
  },
};

function slice(index: number, size = 48): SyntheticSlice {
  const random = new Random(5, 'test', index);
  const pixels = Float32Array.from({ length: size * size }, () => random.normal() * 0.6);
  pixels.set([-1, 1, 0, -1.5, 1.5, -1 + 1.01 / 4095, 1 - 0.99 / 4095]);
  return { index, seed: 11, size, pixels };
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-dicom-'));
  for (const [name, context] of Object.entries(contexts)) {
    for (let i = 0; i < 2; i++) {
      writeFileSync(join(folder, `${name}-${i}.dcm`), writeSyntheticDicom(slice(i), context));
    }
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const fileOf = (name: string, i = 0) => join(folder, `${name}-${i}.dcm`);

interface Read {
  stored: number[];
  rescaled: number[];
  window: [number, number];
  text: Record<string, string>;
  contributing: string[];
}
const reader = `
import sys, json, pydicom
d = pydicom.dcmread(sys.argv[1])
p = d.pixel_array
s = float(getattr(d, 'RescaleSlope', 1)); i = float(getattr(d, 'RescaleIntercept', 0))
text = {e.keyword or str(e.tag): str(e.value) for e in d if e.VR not in ('SQ', 'OW')}
text['meta'] = d.file_meta.FileMetaInformationVersion.hex() + ' ' + d.file_meta.TransferSyntaxUID
text['group length'] = str(d.file_meta.FileMetaInformationGroupLength)
c = d.ContributingEquipmentSequence[0]
r = c.PurposeOfReferenceCodeSequence[0]
print(json.dumps(dict(stored=p.ravel().tolist(), rescaled=(p.ravel() * s + i).tolist(), text=text,
  window=[float(d.WindowCenter), float(d.WindowWidth)],
  contributing=[r.CodeValue, r.CodingSchemeDesignator, r.CodeMeaning, c.Manufacturer, c.ContributionDescription])))
`;
const readBack = (file: string) => runPython(reader, [file]) as Read;
const clamp = (x: number) => Math.min(1, Math.max(-1, x));

describe.runIf(hasPydicom)('a synthetic DICOM read by pydicom', () => {
  it('maps back to the generated values within half a stored step', () => {
    const { stored, window } = readBack(fileOf('sc'));
    const { pixels } = slice(0);
    stored.forEach((value, i) => {
      expect(Math.abs((value * 2) / 4095 - 1 - clamp(pixels[i]!))).toBeLessThanOrEqual(1 / 4095 + 1e-12);
    });
    expect(stored.slice(0, 7)).toEqual([0, 4095, 2048, 0, 4095, 1, 4095]);
    // PS3.3 C.11.2.1.2.1: the window's ends are the ends of the range.
    expect(window[0] - 0.5 - (window[1] - 1) / 2).toBe(0);
    expect(window[0] - 0.5 + (window[1] - 1) / 2).toBe(4095);
  });

  it('maps to the units of a series within half a step', () => {
    for (const name of ['scUnits', 'mrUnits']) {
      const { rescaled, window, text } = readBack(fileOf(name));
      const from = contexts[name]!.intensityFrom!;
      const low = from.low * from.slope + from.intercept;
      const high = from.high * from.slope + from.intercept;
      const half = (high - low) / 4095 / 2;
      const { pixels } = slice(0);
      rescaled.forEach((value, i) => {
        const wanted = low + ((clamp(pixels[i]!) + 1) / 2) * (high - low);
        expect(Math.abs(value - wanted)).toBeLessThanOrEqual(half * (1 + 1e-6));
      });
      expect(window[0] - 0.5 + (window[1] - 1) / 2).toBeCloseTo(high, 6);
      expect(text.RescaleType).toBe(from.unit);
    }
  });

  it('says everywhere that it is synthetic, and of nobody', () => {
    const { text, contributing } = readBack(fileOf('sc'));
    expect(text).toMatchObject({
      '(0008, 001c)': 'YES',
      meta: '0001 1.2.840.10008.1.2.1',
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
      ImageType: "['DERIVED', 'SECONDARY', 'OTHER']",
      ConversionType: 'SYN',
      PatientIdentityRemoved: 'YES',
      PatientBirthDate: '',
      PatientSex: '',
      StudyDate: '',
      BurnedInAnnotation: 'NO',
      RecognizableVisualFeatures: 'YES',
      ImageComments: 'SYNTHETIC - NOT FOR DIAGNOSTIC USE',
      SpecificCharacterSet: 'ISO_IR 192',
    });
    expect(text.PatientName).toMatch(/^SYNTHETIC\^/);
    expect(text.DerivationDescription).toContain(provenance.modelSha256);
    expect(text.DerivationDescription).toContain('seed 11; index 0');
    expect(contributing.slice(0, 4)).toEqual(['109100', 'DCM', 'Synthesizing Equipment', 'Gantry']);
    expect(contributing[4]).toContain(provenance.modelSha256);
  });

  it('does not let unrelated slices pass for a volume', () => {
    const [a, b] = [readBack(fileOf('sc', 0)).text, readBack(fileOf('sc', 1)).text];
    expect(a.SeriesInstanceUID).toBe(b.SeriesInstanceUID);
    expect(a.ImagePositionPatient).toBeUndefined();
    const [c, d] = [readBack(fileOf('mr', 0)).text, readBack(fileOf('mr', 1)).text];
    for (const uid of ['SOPInstanceUID', 'SeriesInstanceUID', 'FrameOfReferenceUID']) {
      expect(c[uid]).toMatch(/^2\.25\.\d{1,39}$/);
      expect(c[uid]).not.toBe(d[uid]);
    }
    expect(c.StudyInstanceUID).toBe(d.StudyInstanceUID);
  });
});

describe.runIf(hasDciodvfy)('a synthetic DICOM judged by dicom3tools', () => {
  it.each(Object.keys(contexts))('%s has no error', (name) => {
    expect(dciodvfyErrors(fileOf(name))).toEqual([]);
  });

  it('keeps patient, study and series consistent across files', () => {
    for (const name of ['sc', 'mr']) {
      const run = spawnSync('dcentvfy', [fileOf(name, 0), fileOf(name, 1)], { encoding: 'utf8' });
      expect(run.stdout + run.stderr).toBe('');
    }
  });
});

describe.runIf(hasDcmdump)('a synthetic DICOM read by dcmtk', () => {
  it.each(Object.keys(contexts))('%s parses to its end without a complaint', (name) => {
    const run = spawnSync('dcmdump', ['+E', fileOf(name)], { encoding: 'utf8' });
    expect(run.status).toBe(0);
    expect(run.stderr).toBe('');
    expect(run.stdout).toMatch(/\(7fe0,0010\) OW/);
  });
});

describe('writeSyntheticDicom', () => {
  const context = contexts.sc!;
  it('gives the same bytes for the same slice, other UIDs for another seed, run or intensity', () => {
    const uid = (bytes: Uint8Array) => /2\.25\.\d+/.exec(Buffer.from(bytes).toString('latin1'))![0];
    const one = writeSyntheticDicom(slice(0), context);
    expect(writeSyntheticDicom(slice(0), context)).toEqual(one);
    const others = [
      writeSyntheticDicom({ ...slice(0), seed: 12 }, context),
      writeSyntheticDicom({ ...slice(0), index: 1 }, context),
      writeSyntheticDicom(slice(0), { ...context, provenance: { ...provenance, runId: 'r-0002' } }),
      writeSyntheticDicom(slice(0), contexts.scUnits!),
      writeSyntheticDicom(slice(0), contexts.mr!),
    ].map(uid);
    expect(new Set([uid(one), ...others]).size).toBe(6);
  });

  it('refuses what cannot be written rightly', () => {
    const bad = (change: Partial<SyntheticSlice>) => () =>
      writeSyntheticDicom({ ...slice(0), ...change }, context);
    expect(bad({ size: 47 })).toThrow(expect.objectContaining({ code: 'BAD_CONFIG' }));
    expect(bad({ size: 1, pixels: Float32Array.of(Number.NaN) })).toThrow(
      expect.objectContaining({ code: 'NOT_FINITE' }),
    );
    const flat = { slope: 1, intercept: 0, low: 5, high: 5, unit: 'HU' };
    expect(() => writeSyntheticDicom(slice(0), { ...context, intensityFrom: flat })).toThrow(
      expect.objectContaining({ code: 'BAD_CONFIG' }),
    );
    const long = { ...provenance, bodyPart: 'A PART WITH A LONG NAME' };
    expect(() => writeSyntheticDicom(slice(0), { ...context, provenance: long })).toThrow(/BodyPartExamined/);
  });
});
