export { createSlo, type SloDeps } from './createSlo';
export type { BudgetBlockade, SloAnswers } from './types';
export { worstAlertsFirst } from './core/alerts';
