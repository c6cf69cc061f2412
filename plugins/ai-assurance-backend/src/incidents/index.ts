export {
  createIncidents,
  type IncidentDeps,
  type Incidents,
} from './createIncidents';
export { type IncidentAnswers } from './types';
