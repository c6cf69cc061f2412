export { createActions, type ActionDeps, type Actions } from './createActions';
export { type ActionAnswers } from './types';
export { createManagerRegistry } from './registry';
