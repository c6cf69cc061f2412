export { createSlo, type SloDeps } from './createSlo';
export type { SloAnswers } from './types';
