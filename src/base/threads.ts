import type { MessagePort, Worker } from 'node:worker_threads';

/**
 * A thread that may be within ONNX Runtime is asked to end, and never terminated: taken down there it takes the whole
 * process with it ("terminate called after throwing an instance of 'Napi::Error'", onnxruntime-node 1.30). The
 * thread's side is `endOf`.
 */
export function askToEnd(worker: Worker): void {
  worker.postMessage('end');
}

/** In the thread: aborts when the other side asks it to end. Close the port when the work is done, or it stays. */
export function endOf(port: MessagePort | null): AbortSignal {
  const abort = new AbortController();
  port?.once('message', () => abort.abort());
  return abort.signal;
}
