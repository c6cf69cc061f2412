export { type AlarmListener } from './Alarm';
export { createHeads, type Heads } from './createHeads';
