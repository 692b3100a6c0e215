/** The messages that cross the preload. A page hands over its end of a message port. */
export const connectChannel = 'gantry:connect';
/** Files and folders that the user dropped on the window, by their paths; the page itself never sees them. */
export const droppedChannel = 'gantry:dropped';
