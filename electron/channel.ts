/** Name of the one message that crosses the preload: a page hands over its end of a message port. */
export const connectChannel = 'gantry:connect';
