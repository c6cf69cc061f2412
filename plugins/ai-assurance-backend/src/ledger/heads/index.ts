export { createHeads, type Heads } from './createHeads';
export { notifyAlarm } from './notifyAlarm';
