// The layers of ARCHITECTURE.md as rules. tests/unit/architecture/layers.test.ts shows that they bite.
const node = { dependencyTypes: ['core'] };
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: '^(src|electron|renderer)/', pathNot: allowed },
});
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphan-resolution', severity: 'error', from: {}, to: { couldNotResolve: true } },
    only('base-imports-nothing', '^src/base/', '^src/base/'),
    only('contract-knows-base', '^src/contract/', '^src/(contract|base)/'),
    only('study-is-pure', '^src/study/', '^src/(study|base)/'),
    only('display-is-pure', '^src/display/', '^src/(display|base)/'),
    only('imaging-knows-no-dataset', '^src/imaging/', '^src/(imaging|base)/'),
    only('engine-knows-no-gan', '^src/engine/', '^src/(engine|base)/'),
    only('gan-imports-only-engine', '^src/gan/', '^src/(gan|engine|base)/'),
    only('metrics-works-on-arrays', '^src/metrics/', '^src/(metrics|engine|base)/'),
    only('exporting-knows-imaging', '^src/exporting/', '^src/(exporting|imaging|display|base)/'),
    only('phantom-writes-dicom', '^src/phantom/', '^src/(phantom|exporting|base)/'),
    only('workspace', '^src/workspace/', '^src/(workspace|imaging|base)/'),
    only('dataset', '^src/dataset/', '^src/(dataset|workspace|imaging|base)/'),
    only(
      'trainer',
      '^src/trainer/',
      '^src/(trainer|workspace|dataset|gan|metrics|exporting|imaging|engine|base)/',
    ),
    only(
      'studio',
      '^src/studio/',
      '^src/(studio|contract|display|study|trainer|workspace|dataset|gan|metrics|exporting|phantom|imaging|engine|base)/',
    ),
    only('cli-over-studio', '^src/cli/', '^src/(cli|server|studio|contract|base)/'),
    only('server-over-studio', '^src/server/', '^src/(server|studio|contract|base)/'),
    only('electron-over-studio', '^electron/', '^(electron/|src/(studio|server|contract|base)/)'),
    only('renderer-knows-the-contract', '^renderer/', '^(renderer/|src/(contract|display|base)/)'),
    {
      name: 'pure-layers-have-no-node',
      severity: 'error',
      from: { path: '^(src/(contract|display)|renderer)/' },
      to: node,
    },
    {
      name: 'only-electron-knows-electron',
      severity: 'error',
      from: { path: '^(src|renderer)/' },
      to: { path: '^(electron$|node_modules/electron/)' },
    },
    {
      name: 'only-renderer-knows-react',
      severity: 'error',
      from: { path: '^(src|electron)/' },
      to: { path: 'node_modules/(react|react-dom|zustand)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
