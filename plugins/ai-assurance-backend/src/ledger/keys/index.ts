export { requireCurrentKey } from './requireCurrentKey';
export { keyFileWarning, loadSigningKey } from './signingKey';
