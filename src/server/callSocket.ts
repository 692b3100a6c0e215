import { WebSocket } from 'ws';
import { z } from 'zod';

/**
 * The messages that a page may send: a call, or the end of one (oRPC's peer protocol, version 1). Calls carry
 * plain JSON; nothing that we serve takes a file or a stream.
 */
const envelope = z.union([
  z.strictObject({ i: z.string().max(40), t: z.literal(4), p: z.unknown().optional() }),
  z.strictObject({
    i: z.string().max(40),
    t: z.literal(1).optional(),
    p: z.strictObject({
      u: z.string().max(200).startsWith('/'),
      m: z.string().max(10).optional(),
      h: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
      b: z.unknown().optional(),
    }),
  }),
]);

function isEnvelope(data: unknown, isBinary: unknown): boolean {
  if (isBinary === true) return false;
  try {
    return envelope.safeParse(JSON.parse(String(data))).success;
  } catch {
    return false;
  }
}

/** A socket that closes (1007, invalid data) at the first message that is not one of the protocol. */
export class CallSocket extends WebSocket {
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (event === 'message' && !isEnvelope(values[0], values[1])) {
      this.close(1007, 'This is not a call.');
      return false;
    }
    return super.emit(event, ...values);
  }
}
