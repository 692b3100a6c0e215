import { GantryError, toGantryError } from '../base/errors.ts';
import { type TrainerReport, type TrainerStart, trainerOrderSchema } from './messages.ts';
import { runSession } from './session.ts';
import { nodeTransport, type Transport } from './transport.ts';

/**
 * The trainer process: one start order, reports, and an exit. It can be held between two steps. A stop message, SIGTERM, SIGINT or the loss of the
 * parent ends it between two steps with a checkpoint. Exit status 0 after `done`, 1 after `error`.
 */
function serve(transport: Transport): void {
  let stop = false;
  let pause = false;
  let session: Promise<void> | null = null;
  const askToStop = () => {
    stop = true;
    // Nothing to save before the start order.
    if (session === null) transport.end(0);
  };

  async function run(order: TrainerStart): Promise<void> {
    let status = 0;
    try {
      await runSession(
        order,
        (report) => transport.send(report),
        () => stop,
        () => pause,
      );
    } catch (error) {
      status = 1;
      await transport.send(describe(error));
    }
    transport.end(status);
  }

  transport.onMessage((message) => {
    const order = trainerOrderSchema.safeParse(message);
    if (!order.success) {
      void transport.send(
        describe(new GantryError('BAD_CONFIG', 'The trainer got an order that it does not know.')),
      );
    } else if (order.data.type === 'stop') askToStop();
    else if (order.data.type === 'pause') pause = true;
    else if (order.data.type === 'continue') pause = false;
    else if (session === null) session = run(order.data);
  });
  transport.onLost(askToStop);
  process.on('SIGTERM', askToStop);
  process.on('SIGINT', askToStop);
}

function describe(error: unknown): TrainerReport {
  const { code, message, action } = toGantryError(error);
  return { type: 'error', code, message, ...(action === undefined ? {} : { action }) };
}

serve(nodeTransport());
