import { describe, expect, it } from 'vitest';
import { isAppUrl } from '../../../electron/navigation.ts';

describe('the navigation policy', () => {
  it.each(['app://gantry/', 'app://gantry/#/runs/run-0001', 'app://gantry/media/slices/1?size=96'])(
    'lets a window stay at %s',
    (url) => expect(isAppUrl(url)).toBe(true),
  );

  it.each([
    'https://example.org/',
    'http://127.0.0.1:4000/',
    'file:///etc/passwd',
    'app://other/',
    'app://gantry.example.org/',
    'app://gantry:8080/',
    'app://user@gantry/',
    'app://user:secret@gantry/',
    'App://gantry@example.org/',
    'javascript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'blob:app://gantry/1b9d',
    'about:blank',
    'devtools://devtools/bundled/inspector.html',
    'view-source:app://gantry/',
    'chrome://gpu',
    'ftp://gantry/',
    '//gantry/',
    '',
    'not a url',
  ])('refuses %j', (url) => expect(isAppUrl(url)).toBe(false));
});
