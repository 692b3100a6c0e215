import { Workspace } from '../../../src/workspace/index.ts';

/** A process that reads or changes a dataset until it is killed. */
const [dir = '', dataset = '', use = ''] = process.argv.slice(2);
const ws = Workspace.open(dir);
ws.lease(dataset, use === 'change' ? 'change' : 'read');
process.send?.('held');
setInterval(() => {}, 60_000);
