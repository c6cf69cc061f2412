export { createRedaction, type RedactionRoom } from './createRedaction';
export { redactionOf, redactionPositions } from './RedactionReader';
