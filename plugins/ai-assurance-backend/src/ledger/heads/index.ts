export { createHeads, type Heads } from './createHeads';
export { type AlarmNotifications, notifyAlarm } from './notifyAlarm';
