export { createSlo, type SloDeps } from './createSlo';
export type { BudgetBlockade, SloAnswers, ToldObjectives } from './types';
export { worstAlertsFirst } from './core/alerts';
